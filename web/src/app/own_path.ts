// Decides where an address may lead after signing in: to a path of ours, never to another host.

/** Browsers read `\` as `/` and drop tabs and line breaks, so that `/\host` and `/<tab>/host` are addresses elsewhere. */
const OWN_PATH = /^\/(?![/\\])[^\t\n\r]*$/;

export const isOwnPath = (path: unknown): path is string => typeof path === "string" && OWN_PATH.test(path);
