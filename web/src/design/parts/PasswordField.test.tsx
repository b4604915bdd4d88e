// A password is masked until its person asks to see it, and may be pasted whole.
import { screen } from "@testing-library/react";
import { useState } from "react";
import { expect, test } from "vitest";
import { renderPart } from "@/render_for_test";
import { PasswordField } from "./TextField";

const LONG = `${"four quiet otters by the weir ".repeat(5)}  é😀`;

function Held() {
  const [value, setValue] = useState("");
  return (
    <PasswordField
      label="Password"
      value={value}
      onChange={setValue}
      autoComplete="new-password"
      showLabel="Show password"
      hideLabel="Hide password"
    />
  );
}

test("it is masked, shown on request, and masked again", async () => {
  const user = renderPart(<Held />);
  const field = screen.getByLabelText("Password");

  expect(field).toHaveAttribute("type", "password");
  await user.click(screen.getByRole("button", { name: "Show password" }));
  expect(field).toHaveAttribute("type", "text");
  await user.click(screen.getByRole("button", { name: "Hide password" }));
  expect(field).toHaveAttribute("type", "password");
});

test("what is pasted stands there whole, and password managers know the field", async () => {
  const user = renderPart(<Held />);
  const field = screen.getByLabelText("Password");

  await user.click(field);
  await user.paste(LONG);

  expect(field).toHaveValue(LONG);
  expect(field).toHaveAttribute("autocomplete", "new-password");
  expect(field).not.toHaveAttribute("maxlength");
});
