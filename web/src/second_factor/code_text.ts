// The two kinds of codes as people type and read them.

export const DIGITS = 6;

/** The digits of what was typed or pasted ("123 456"), at most six. */
export const digitsOf = (text: string): string => text.replaceAll(/\D/g, "").slice(0, DIGITS);

/** Four letters, a space, four letters: how a long secret is read and typed without losing one's place. */
export const inGroups = (text: string): string => text.match(/.{1,4}/g)?.join(" ") ?? "";
