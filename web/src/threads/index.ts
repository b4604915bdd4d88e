// The list of conversations at the side.
export { ThreadList } from "./ThreadList";
