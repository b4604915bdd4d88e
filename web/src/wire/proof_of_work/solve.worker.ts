// Solves one challenge beside the page, which stays usable meanwhile.
import type { Challenge } from "altcha-lib/types";
import { solve } from "./solve";

self.onmessage = async ({ data }: MessageEvent<Challenge>) => self.postMessage(await solve(data));
self.onunhandledrejection = ({ reason }) => {
  throw reason; // becomes the page's `error` event
};
