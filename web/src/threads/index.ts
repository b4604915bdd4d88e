// The list of conversations at the side.
export { ThreadList } from "./ThreadList";
export { useFinishedElsewhere } from "./use_finished_elsewhere";
