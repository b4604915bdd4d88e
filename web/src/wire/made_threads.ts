// For tests: conversations as the server tells of them.
import type { Thread } from "./types";

const AT = "2026-11-22T10:00:00Z";

export const madeThread = (id: string, more: Partial<Thread> = {}): Thread => ({
  id,
  title: id,
  agent: "neo",
  created_at: AT,
  updated_at: AT,
  running: false,
  archived: false,
  pin_order: null,
  folder: null,
  temporary: false,
  retention_days: null,
  ...more,
});
