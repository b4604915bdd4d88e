// Signs of what is done with conversations: apart from the others, since no screen of start-up shows them.
import { Drawn, type IconProps } from "./icons";

export const RenameIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="m4 16 .8-3.4L13.6 3.800a1.6 1.6 0 0 1 2.3 0l.3.3a1.6 1.6 0 0 1 0 2.300L7.4 15.200zM12.2 5.200l2.6 2.6" />
  </Drawn>
);
export const PinIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M10 12.500V17M6.5 12.500h7c0-2-1-2.8-1.5-3.500l.5-4.500h.8v-1H6.700v1h.8L8 9c-.5.7-1.5 1.5-1.5 3.500z" />
  </Drawn>
);
export const ArrowUpIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M10 16V4M5.5 8.5 10 4l4.5 4.5" />
  </Drawn>
);
export const FolderIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M3 6a1.5 1.5 0 0 1 1.5-1.500h3L9.3 6.500h6.200A1.5 1.5 0 0 1 17 8v6a1.5 1.5 0 0 1-1.5 1.500h-11A1.5 1.5 0 0 1 3 14z" />
  </Drawn>
);
export const ClockIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4.200l2.7 1.6" />
  </Drawn>
);
export const ArchiveIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M3.5 4.500h13v3h-13zM4.5 7.500v7A1.5 1.5 0 0 0 6 16h8a1.5 1.5 0 0 0 1.5-1.500v-7M8 10.500h4" />
  </Drawn>
);
export const DeleteIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M4 5.500h12M8 5.500V4h4v1.500M5.5 5.500l.7 10a1 1 0 0 0 1 1h5.600a1 1 0 0 0 1-1l.7-10M8.5 8.500v5M11.5 8.500v5" />
  </Drawn>
);
