// What is asked over REST and kept by react-query: agents, models, the set-up state.
import { QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLogin } from "./login";
import { Problem } from "./problems";
import { bodyOf, rest } from "./rest";
import type { Agent, ConfigureProvider, KeyedProvider, Me, ProviderState, SetupState } from "./types";

const isWorthAnotherTry = (tries: number, thrown: unknown) =>
  tries < 3 && thrown instanceof Problem && (thrown.status === 0 || thrown.status >= 500);

export const queries = new QueryClient({
  defaultOptions: { queries: { retry: isWorthAnotherTry, staleTime: 60_000 }, mutations: { retry: false } },
});

export type Answer<T> = {
  status: "loading" | "ready" | "failed";
  data: T | undefined;
  error: unknown;
  ask: () => void;
};

/** What a screen needs of a query. */
export function answerOf<T>(query: {
  status: "pending" | "error" | "success";
  data: T | undefined;
  error: unknown;
  refetch: () => void;
}): Answer<T> {
  const status = query.data !== undefined ? "ready" : query.status === "error" ? "failed" : "loading";
  return { status, data: query.data, error: query.error, ask: () => void query.refetch() };
}

/** Whether this server has an administrator, and what making one takes. */
export function useSetupState(): Answer<SetupState> {
  return answerOf(
    useQuery({ queryKey: ["setup"], staleTime: 0, queryFn: async () => bodyOf(await rest.GET("/api/auth/setup")) }),
  );
}

/** The agents that one can talk with, in the order of the server. */
export function useAgents(): Answer<Agent[]> {
  const queryFn = async () => bodyOf(await rest.GET("/api/agents")).agents;
  return answerOf(useQuery({ queryKey: ["agents"], staleTime: Number.POSITIVE_INFINITY, queryFn }));
}

/** The providers of models, in the order in which agents try them. */
export function useModels(): Answer<ProviderState[]> {
  const queryFn = async () => bodyOf(await rest.GET("/api/models")).providers;
  return answerOf(useQuery({ queryKey: ["models"], queryFn }));
}

/** Who is signed in; undefined while nobody is. */
export function useMe(): Me | undefined {
  return useLogin((login) => login.me);
}

/** Check a key or address with its provider and keep it. Fails with a `Problem`. */
export function useConfigureProvider() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async ({ provider, ...body }: { provider: KeyedProvider } & ConfigureProvider) =>
      bodyOf(await rest.PUT("/api/models/{provider}", { params: { path: { provider } }, body })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["models"] }),
  });
}

/** Forget the key or address that an administrator gave. */
export function useForgetProvider() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (provider: KeyedProvider) =>
      bodyOf(await rest.DELETE("/api/models/{provider}", { params: { path: { provider } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["models"] }),
  });
}
