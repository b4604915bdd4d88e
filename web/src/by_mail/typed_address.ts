// The address that somebody typed at the door goes along to the other forms there, also what is typed while the next
// screen still loads: nobody types it twice, and none of it vanishes. It is forgotten when somebody signs in.
import { useLogin } from "@/wire/login_state";

let typed = "";

export const typedAddress = () => typed;

export function keepAddress(address: string) {
  typed = address;
}

useLogin.subscribe(({ status }) => {
  if (status === "signed-in") typed = "";
});
