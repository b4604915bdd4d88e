// A hint while a password is typed; the server's policy decides.

export type Strength = 0 | 1 | 2 | 3;

const COMFORTABLE = 6; // characters above the minimum at which length alone is convincing

/** 0 too short, 1 long enough but repetitive, 2 good, 3 strong. Lengths are code points. */
export function passwordStrength(password: string, shortest: number): Strength {
  const characters = [...password];
  if (characters.length < shortest) return 0;
  const isRepetitive = new Set(characters).size < characters.length / 3 || /^(.{1,4})\1+$/u.test(password);
  if (isRepetitive) return 1;
  return characters.length >= shortest + COMFORTABLE ? 3 : 2;
}
