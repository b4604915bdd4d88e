// What memory's own words are called on the page.
import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import type { Item, ItemKind, Shelf } from "@/wire/memory";

export const KIND_NAMES: Record<ItemKind, MessageDescriptor> = {
  fact: msg`Fact`,
  preference: msg`Preference`,
  event: msg`Event`,
  note: msg`Note`,
  instruction: msg`Instruction`,
  summary: msg`Summary`,
};

export const SHELF_NAMES: Record<Shelf, MessageDescriptor> = {
  all: msg`Everything`,
  fact: msg`Facts`,
  preference: msg`Preferences`,
  event: msg`Events`,
  note: msg`Notes`,
  instruction: msg`Instructions`,
  summary: msg`Summaries`,
  said: msg`What was said`,
  archived: msg`Set aside`,
};

/** What there would be, where there is nothing. */
export const SHELF_EMPTY: Record<Shelf, MessageDescriptor> = {
  all: msg`Nothing is remembered yet. What you tell agents about yourself will stand here, and what you write yourself.`,
  fact: msg`No facts yet: what you tell agents about yourself and others, such as names, places and dates.`,
  preference: msg`No preferences yet: what you say you like, or how you want things done.`,
  event: msg`No events yet: what you say has happened or will happen.`,
  note: msg`No notes yet: what you ask an agent to remember, or write here yourself.`,
  instruction: msg`No instructions yet: what agents shall always do, in every conversation.`,
  summary: msg`No summaries yet: what longer conversations came to.`,
  said: msg`Nothing was said yet that could be found again.`,
  archived: msg`Nothing is set aside. Small things that nobody asked about for long come here: they are found, but never brought up.`,
};

/** What the person wrote or said themself: nothing else is ever shown to agents unasked (memory/store/profile.py). */
export const isTheirOwn = ({ origin }: Pick<Item, "origin">): boolean => origin === "written" || origin === "said";

export const LOW_CONFIDENCE = 0.6; // below it a reader should know that it may be wrong
export const TEXT_MAX = 2_000; // contracts/memory/items.py
export const ABOUT_MAX = 500;
