// A catalogue file, as the build turns it into a module.
declare module "*.po" {
  import type { Messages } from "@lingui/core";
  export const messages: Messages;
}
