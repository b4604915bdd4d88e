/** What a screen reader hears of a growing answer. */
import { expect, test } from "vitest";
import { nextAnnouncement, plain } from "./announce";

test("a sentence is said when the next one has begun", () => {
  expect(nextAnnouncement("The sea is", 0, false, "en").text).toBe("");

  const heard = nextAnnouncement("The sea is big. It is", 0, false, "en");

  expect(heard.text).toBe("The sea is big.");
  expect(nextAnnouncement("The sea is big. It is", heard.upto, false, "en").text).toBe("");
});

test("at the end the unfinished last sentence is said too", () => {
  expect(nextAnnouncement("One. Two without a stop", 5, true, "en").text).toBe("Two without a stop");
});

test("every character is said once, however the text grew", () => {
  const whole = "First sentence. Second one, é 👩‍👩‍👧! A third?\n- a point\n- another\n\nThe end";
  let upto = 0;
  const heard: string[] = [];
  for (let length = 1; length <= whole.length; length += 3) {
    const next = nextAnnouncement(whole.slice(0, length), upto, false, "en");
    upto = next.upto;
    if (next.text !== "") heard.push(next.text);
  }
  heard.push(nextAnnouncement(whole, upto, true, "en").text);

  expect(heard.join(" ")).toBe("First sentence. Second one, é 👩‍👩‍👧! A third? a point another The end");
});

test("a long answer is said in portions", () => {
  const whole = "A sentence of some length, said again and again. ".repeat(40);

  const first = nextAnnouncement(whole, 0, true, "en");

  expect(first.text.length).toBeLessThan(700);
  expect(first.upto).toBeLessThan(whole.length);
});

test("Markdown's signs are not read out", () => {
  expect(plain("## Title\n- **bold** and [a link](https://x.y)\n```js\ncode()\n```")).toBe(
    "Title bold and a link code()",
  );
});

test("the ruled line of a table is not read out", () => {
  expect(plain("| a | b |\n|---|:-:|\n| 1 | 2 |\n\n---\nEnd")).toBe("a b 1 2 End");
});

test("a text that is one endless sentence is said in pieces, none of them slow", () => {
  const whole = "[".repeat(100_000);
  const before = process.cpuUsage().user;

  const next = nextAnnouncement(whole, 0, true, "en");

  expect(next.upto).toBeLessThan(10_000);
  expect((process.cpuUsage().user - before) / 1_000).toBeLessThan(1_000);
});
