// Everything a screen is built from; screens take colours, spaces and movement from here only.
export { Badge } from "./parts/Badge";
export { Button, type ButtonProps, IconButton, type IconButtonProps } from "./parts/Button";
export { Checkbox, type CheckboxProps } from "./parts/Checkbox";
export { Dialog, type DialogProps } from "./parts/Dialog";
export * from "./parts/icons";
export { Mark } from "./parts/Mark";
export { Menu, MenuItem, type MenuItemProps, type MenuProps, MenuTrigger } from "./parts/Menu";
export { InlineNotice } from "./parts/Notice";
export { Segments, type SegmentsProps } from "./parts/Segments";
export { Select, type SelectProps } from "./parts/Select";
export { Spinner } from "./parts/Spinner";
export { PasswordField, type PasswordFieldProps, TextField, type TextFieldProps } from "./parts/TextField";
export { type Notice, Notices, notify } from "./parts/Toast";
