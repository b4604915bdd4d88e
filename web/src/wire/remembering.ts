// What agents remember of the person: the texts of turns while they are kept, and forgetting one.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Answer, answerOf } from "./questions";
import { bodyOf, rest } from "./rest";

const KEPT = ["kept-turns"];

/** What was said, and what is so now where that is something else. */
export interface KeptWords {
  text: string;
  since: readonly { how: "corrected" | "changed" | "edited"; text: string }[];
}

/** The texts of these messages, by message; those that are remembered no longer are left out. */
export function useKeptTurns(messages: string[]): Answer<ReadonlyMap<string, KeptWords>> {
  const query = useQuery({
    queryKey: [...KEPT, ...messages],
    staleTime: 0,
    gcTime: 0, // what is forgotten elsewhere is not shown for a moment first
    queryFn: async ({ signal }) => {
      const { turns } = bodyOf(await rest.GET("/api/memory/turns", { params: { query: { id: messages } }, signal }));
      return new Map(turns.map(({ message, text, since }) => [message, { text, since: since ?? [] }]));
    },
  });
  return answerOf({ ...query, refetch: () => void query.refetch() });
}

/** Forget a turn for good. Fails with a `Problem`. */
export function useForgetTurn() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (message_id: string) => {
      await rest.DELETE("/api/memory/turns/{message_id}", {
        params: { path: { message_id } },
        headers: { "content-type": "application/json" },
      });
    },
    onSettled: () => Promise.all([KEPT, ["memory"]].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
