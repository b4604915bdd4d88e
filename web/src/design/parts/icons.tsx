// The icon set, drawn here on one 20-unit grid with one stroke, so that no icon font or package is needed.
import type { ReactNode } from "react";

export type IconProps = { className?: string };

export function Drawn({ className = "size-[1.25em]", children }: IconProps & { children: ReactNode }) {
  return (
    <svg
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={`shrink-0 ${className}`}
    >
      {children}
    </svg>
  );
}

export const NewChatIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M9 4H6a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2v-3M8 12l.5-2.6 6.1-6.1a1.5 1.5 0 0 1 2.1 2.1l-6.1 6.1z" />
  </Drawn>
);
export const MoreIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path strokeWidth="2.2" d="M4.5 10h.01M10 10h.01M15.5 10h.01" />
  </Drawn>
);
export const TemporaryIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path strokeDasharray="2.2 2.5" d="M10 3.500a6.5 6.5 0 1 1-3.4 12L3.5 16.500l1-3.100A6.5 6.5 0 0 1 10 3.500z" />
  </Drawn>
);
export const MenuIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M3.5 6h13M3.5 10h13M3.5 14h8" />
  </Drawn>
);
export const CloseIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="m5.5 5.5 9 9M14.5 5.5l-9 9" />
  </Drawn>
);
export const SendIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M10 16V4.5M5 9l5-5 5 5" />
  </Drawn>
);
export const StopIcon = (props: IconProps) => (
  <Drawn {...props}>
    <rect x="6" y="6" width="8" height="8" rx="1.5" fill="currentColor" />
  </Drawn>
);
export const SteerIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M6 5v6a4 4 0 0 0 4 4h9M15 10.5 19.5 15 15 19.5" />
  </Drawn>
);
export const CopyIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M8.5 7h6A1.5 1.5 0 0 1 16 8.5v6A1.5 1.5 0 0 1 14.5 16h-6A1.5 1.5 0 0 1 7 14.5v-6A1.5 1.5 0 0 1 8.5 7zM4.5 13A1.5 1.5 0 0 1 4 12V5.5A1.5 1.5 0 0 1 5.5 4H12a1.5 1.5 0 0 1 1 .5" />
  </Drawn>
);
export const CheckIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="m4.5 10.5 3.5 3.5 7.5-8" />
  </Drawn>
);
export const ShareIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M10 12.5V3.5M6.5 6.5 10 3l3.5 3.5M4 11v4.5a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V11" />
  </Drawn>
);
export const RetryIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M15.5 8.5A6 6 0 1 0 16 11M16 4.5v4h-4" />
  </Drawn>
);
export const ArrowDownIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M10 4v12M5.5 11.5 10 16l4.5-4.5" />
  </Drawn>
);
export const ArrowLeftIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M16 10H4M9 5l-5 5 5 5" />
  </Drawn>
);
export const ArrowRightIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M4 10h12M11 5l5 5-5 5" />
  </Drawn>
);
export const ChevronDownIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="m5.5 8 4.5 4.5L14.5 8" />
  </Drawn>
);
export const PencilIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="m12.5 4.5 3 3L7 16H4v-3z" />
  </Drawn>
);
export const ChevronLeftIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M12 5.5 7.5 10l4.5 4.5" />
  </Drawn>
);
export const ChevronRightIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="m8 5.5 4.5 4.5L8 14.5" />
  </Drawn>
);
export const InfoIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 9.2v4M10 6.7v.05" />
  </Drawn>
);
export const WarningIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M10 3.5 17.2 16H2.8zM10 8.5v3.5M10 14v.05" />
  </Drawn>
);
export const EyeIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M2.5 10S5 4.75 10 4.75 17.5 10 17.5 10 15 15.25 10 15.25 2.5 10 2.5 10zM10 12.25a2.25 2.25 0 1 0 0-4.5 2.25 2.25 0 0 0 0 4.5z" />
  </Drawn>
);
export const EyeOffIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M3.5 3.5l13 13M8 5a7 7 0 0 1 2-.25c5 0 7.5 5.25 7.5 5.25a13 13 0 0 1-2.2 2.9M5.5 6.3A12.5 12.5 0 0 0 2.5 10S5 15.25 10 15.25a7 7 0 0 0 3.3-.8M8.4 8.4a2.25 2.25 0 0 0 3.2 3.2" />
  </Drawn>
);
export const SettingsIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M3.5 6h7M14.5 6h2M3.5 14h2M9.5 14h7M12.5 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM7.5 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4z" />
  </Drawn>
);
export const PeopleIcon = (props: IconProps) => (
  <Drawn {...props}>
    <circle cx="7.5" cy="7" r="2.75" />
    <path d="M2.5 16c.4-2.8 2.4-4.4 5-4.4s4.6 1.6 5 4.4M13 4.6a2.5 2.5 0 0 1 0 4.8M14.8 12c1.5.6 2.5 2 2.7 4" />
  </Drawn>
);
export const SearchIcon = (props: IconProps) => (
  <Drawn {...props}>
    <circle cx="9" cy="9" r="5" />
    <path d="m13 13 3.5 3.5" />
  </Drawn>
);
export const SignOutIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M8.5 16.5H5A1.5 1.5 0 0 1 3.5 15V5A1.5 1.5 0 0 1 5 3.5h3.5M12.5 13.5 16 10l-3.5-3.5M16 10H8" />
  </Drawn>
);
export const KeyIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M12.75 11.5a4.25 4.25 0 1 0-4-2.8L3.5 14v2.5H6V15h1.5v-1.5H9l1.3-1.3a4.2 4.2 0 0 0 2.45-.7zM13.5 6.5v.05" />
  </Drawn>
);
export const ServerIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M5 3.5h10A1.5 1.5 0 0 1 16.5 5v3A1.5 1.5 0 0 1 15 9.5H5A1.5 1.5 0 0 1 3.5 8V5A1.5 1.5 0 0 1 5 3.5zM5 10.5h10a1.5 1.5 0 0 1 1.5 1.5v3a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 15v-3A1.5 1.5 0 0 1 5 10.5zM6.5 6.5v.05M6.5 13.5v.05" />
  </Drawn>
);
export const SunIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M10 13.25a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5zM10 2.5v1.2M10 16.3v1.2M2.5 10h1.2M16.3 10h1.2M4.7 4.7l.85.85M14.45 14.45l.85.85M15.3 4.7l-.85.85M5.55 14.45l-.85.85" />
  </Drawn>
);
export const MoonIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M16.5 11.8A6.75 6.75 0 1 1 8.2 3.5a5.25 5.25 0 0 0 8.3 8.3z" />
  </Drawn>
);
export const ScreenIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M4 4h12a1 1 0 0 1 1 1v7.5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM7.5 16.5h5M10 13.5v3" />
  </Drawn>
);
export const OfflineIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M3.5 3.5l13 13M5.3 11a7 7 0 0 1 2.4-1.5M2.8 8.2A11 11 0 0 1 6 6.1M10 15.5v.05M9 4.9a11 11 0 0 1 8.2 3.3M12.5 9.6A7 7 0 0 1 14.7 11" />
  </Drawn>
);
export const LanguageIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM3 10h14M10 3c2 2 2.9 4.4 2.9 7s-.9 5-2.9 7c-2-2-2.9-4.4-2.9-7S8 5 10 3z" />
  </Drawn>
);
export const MemoryIcon = (props: IconProps) => (
  <Drawn {...props}>
    <path d="M10 5a2.400 2.400 0 0 0-4.500-.9A2.700 2.700 0 0 0 3.600 8.400a2.800 2.800 0 0 0 .5 4.500 2.700 2.700 0 0 0 3 3A2 2 0 0 0 10 15zM10 5a2.400 2.400 0 0 1 4.500-.9 2.700 2.700 0 0 1 1.900 4.300 2.800 2.800 0 0 1-.5 4.500 2.700 2.700 0 0 1-3 3A2 2 0 0 1 10 15" />
  </Drawn>
);
