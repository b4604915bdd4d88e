// Where every address begins.
import { createRootRoute } from "@tanstack/react-router";
import { Gate } from "./Gate";
import { NotFound } from "./NotFound";

export const root = createRootRoute({ component: Gate, notFoundComponent: NotFound });
