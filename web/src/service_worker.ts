// Keeps the built files for a quick and offline start. It never touches /api or /ws, and asks the server for the page first.
type BuiltFile = { url: string; revision: string | null };

const worker = self as unknown as ServiceWorkerGlobalScope;
const files = (self as unknown as { __WB_MANIFEST: BuiltFile[] }).__WB_MANIFEST; // filled in by the build
const VERSION = files.map((file) => file.revision ?? file.url).join();
const PAGE = "/index.html";

async function cacheName(): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(VERSION));
  const name = [...new Uint8Array(digest.slice(0, 8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `emergence-${name}`;
}

async function keepFiles(): Promise<void> {
  const cache = await caches.open(await cacheName());
  await cache.addAll(files.map((file) => new Request(`/${file.url}`, { cache: "no-cache" })));
  await worker.skipWaiting();
}

async function dropOlderVersions(): Promise<void> {
  const current = await cacheName();
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("emergence-") && name !== current);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** The server's page when it answers, so that an upgrade is seen at once; the kept one when it does not. */
async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(PAGE)) ?? Response.error();
  }
}

async function file(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

worker.addEventListener("install", (event) => event.waitUntil(keepFiles()));
worker.addEventListener("activate", (event) => event.waitUntil(dropOlderVersions()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const isOurs = url.origin === worker.location.origin && request.method === "GET";
  if (!isOurs || /^\/(api|ws)(\/|$)/.test(url.pathname)) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(file(request)); // names carry a hash of the content
});
