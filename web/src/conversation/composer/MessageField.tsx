/** The text being written: Enter sends, Shift+Enter breaks, an input method's Enter does neither. */
import { useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef } from "react";

interface MessageFieldProps {
  ref?: Ref<HTMLTextAreaElement>;
  text: string;
  label?: string;
  placeholder?: string;
  describedBy?: string | undefined;
  isInvalid: boolean;
  onChange: (text: string) => void;
  onSend: () => void;
  /** For Enter with Ctrl or the command key, where that means something else. */
  onSendNow?: (() => void) | undefined;
}

/** A finger has no Shift key: there Enter breaks the line and the button sends. */
const TOUCH_ONLY = "(pointer: coarse) and (hover: none)";

export function MessageField(props: MessageFieldProps) {
  const { ref, text, label, placeholder, describedBy, isInvalid, onChange, onSend } = props;
  const { t } = useLingui();
  const field = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle<HTMLTextAreaElement | null, HTMLTextAreaElement | null>(ref, () => field.current, []);
  useGrowth(field, text);
  useEffect(() => {
    if (!matchMedia(TOUCH_ONLY).matches) field.current?.focus({ preventScroll: true });
  }, []);

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    // Safari ends a composition before its Enter arrives, and marks that Enter with 229.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (matchMedia(TOUCH_ONLY).matches && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    if (props.onSendNow && (event.ctrlKey || event.metaKey)) props.onSendNow();
    else onSend();
  };

  return (
    <textarea
      ref={field}
      rows={1}
      dir="auto"
      value={text}
      aria-label={label ?? t`Message`}
      aria-describedby={describedBy}
      aria-invalid={isInvalid || undefined}
      placeholder={placeholder}
      enterKeyHint="send"
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={onKeyDown}
      className="message-field"
    />
  );
}

/** Grow with the text where the style sheet cannot (`field-sizing`); its `max-height` is the limit. */
function useGrowth(field: { readonly current: HTMLTextAreaElement | null }, text: string) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null || CSS.supports("field-sizing", "content")) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [field, text]);
}
