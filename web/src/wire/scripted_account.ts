// For tests: the server's side of one account, without its secrets: answers what a test prepares, and keeps what it was asked.
import { vi } from "vitest";
import { useLogin } from "@/wire/login";

export type Asked = { path: string; search: string; body: Record<string, unknown> | undefined };
type Reply = { status?: number; body?: unknown; headers?: Record<string, string> };

const ADA = { user_id: "u1", role: "admin" as const, email: "ada@example.org", display_name: "Ada" };
export const GRANT = { access_token: "t", expires_in: 300, session_id: "s2", ...ADA };
export const problem = (status: number, code: string, detail = "") => ({ status, body: { code, detail } });

/** Sign Ada in; `replies` are used up in order, the last one of a path (`/x`, or `POST /x`) stays. Returns the list of what is asked. */
export function scriptedAccount(replies: Record<string, Reply[]>): Asked[] {
  const asked: Asked[] = [];
  const waiting = new Map(Object.entries(replies).map(([path, list]) => [path, [...list]]));
  const answer = async (input: string | Request, init?: RequestInit): Promise<Response> => {
    const { pathname: path, search } = new URL(typeof input === "string" ? input : input.url, location.origin);
    const sent = init?.body instanceof Blob ? "" : String(init?.body ?? ""); // a file is no JSON
    const text = typeof input === "string" ? sent : await input.clone().text();
    const method = typeof input === "string" ? init?.method : input.method;
    asked.push({ path, search, body: text === "" ? undefined : (JSON.parse(text) as Record<string, unknown>) });
    const list =
      waiting.get(`${method} ${path}`) ?? waiting.get(path) ?? (path === "/api/auth/refresh" ? [{ body: GRANT }] : []);
    const { status = 200, body, headers } = (list.length > 1 ? list.shift() : list[0]) ?? { status: 404, body: {} };
    return new Response(status === 204 ? null : JSON.stringify(body), { status, headers: headers ?? {} });
  };
  vi.stubGlobal("fetch", answer);
  useLogin.setState({ status: "signed-in", me: ADA });
  return asked;
}

export const countOf = (asked: Asked[], path: string): number => asked.filter((each) => each.path === path).length;
