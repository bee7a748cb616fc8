"use client";
import clsx from "clsx";
import { type KeyboardEvent, type ReactNode, type Ref, useId, useLayoutEffect, useRef, useState } from "react";
import type { Graph } from "#lib/domain/graph/graph.ts";
import { type Completion, completeExpression } from "#lib/domain/graph/select/complete.ts";
import type { Problem } from "#lib/domain/graph/select/parse.ts";
import { CompletionList } from "./CompletionList.tsx";
import { ProblemNote } from "./ProblemNote.tsx";

const NOTHING: Completion = { from: 0, to: 0, suggestions: [] };

/**
 * A field for an expression, with completion: what could follow is listed below it. Tab takes the first or the chosen of
 * it while a word is being typed, arrows choose, Escape closes the list and then calls `onEscape`.
 */
export function QueryBox(props: {
  readonly name: string;
  readonly placeholder: string;
  readonly icon: ReactNode;
  readonly text: string;
  readonly problem: Problem | undefined;
  readonly graph: Graph | undefined;
  readonly onText: (text: string) => void;
  readonly onEnter: (backwards: boolean) => void;
  readonly onEscape: () => void;
  readonly onBlur?: () => void;
  /** At the right end: a count, help. */
  readonly end: ReactNode;
  /** Which end of the field its list keeps to on a narrow screen, where fields stand side by side. */
  readonly side: "left" | "right";
  readonly className?: string;
  readonly ref?: Ref<HTMLInputElement>;
}) {
  const { text, problem, graph } = props;
  const [completion, setCompletion] = useState(NOTHING);
  const [chosen, setChosen] = useState(-1);
  const [hasFocus, setFocus] = useState(false);
  const listId = useId();
  const field = useRef<HTMLInputElement>(null);
  const { suggestions } = completion;
  const isOpen = hasFocus && suggestions.length > 0;

  // After a suggestion was taken the caret stands behind it, not at the end of the text.
  const caretAfter = useRef<number>(undefined);
  useLayoutEffect(() => {
    if (caretAfter.current === undefined) return;
    field.current?.setSelectionRange(caretAfter.current, caretAfter.current);
    caretAfter.current = undefined;
  });

  const offer = (value: string, caret: number) => {
    setChosen(-1);
    setCompletion(graph === undefined ? NOTHING : completeExpression(value, caret, graph));
  };
  const take = (at: number) => {
    const suggestion = suggestions[at];
    if (suggestion === undefined) return;
    // "label:" wants its key next, all else a space.
    const space = suggestion.text.endsWith(":") ? "" : " ";
    const before = text.slice(0, completion.from) + suggestion.text + space;
    caretAfter.current = before.length;
    props.onText(before + text.slice(completion.to).trimStart());
    offer(before, before.length);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const isTypingWord = completion.from < (field.current?.selectionStart ?? 0);
    if (event.key === "ArrowDown" && !isOpen) offer(text, event.currentTarget.selectionStart ?? text.length);
    else if (event.key === "ArrowDown") setChosen((chosen + 1) % suggestions.length);
    else if (event.key === "ArrowUp" && isOpen) setChosen(chosen <= 0 ? suggestions.length - 1 : chosen - 1);
    else if (event.key === "Tab" && !event.shiftKey && isOpen && (isTypingWord || chosen >= 0))
      take(Math.max(0, chosen));
    else if (event.key === "Enter" && isOpen && chosen >= 0) take(chosen);
    else if (event.key === "Enter") {
      setCompletion(NOTHING);
      props.onEnter(event.shiftKey);
    } else if (event.key === "Escape" && isOpen) setCompletion(NOTHING);
    else if (event.key === "Escape") props.onEscape();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className={clsx("relative flex h-7 min-w-0 items-center", props.className)}>
      <span className="pointer-events-none absolute left-2 text-ink-3">{props.icon}</span>
      <input
        ref={(input) => {
          field.current = input;
          if (typeof props.ref === "function") props.ref(input);
          else if (props.ref) props.ref.current = input;
        }}
        type="text"
        role="combobox"
        aria-label={props.name}
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && chosen >= 0 ? `${listId}-${chosen}` : undefined}
        aria-invalid={problem !== undefined}
        placeholder={props.placeholder}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={({ target }) => {
          props.onText(target.value);
          offer(target.value, target.selectionStart ?? target.value.length);
        }}
        onFocus={() => setFocus(true)}
        onBlur={() => {
          setFocus(false);
          setCompletion(NOTHING);
          props.onBlur?.();
        }}
        onKeyDown={onKeyDown}
        className={clsx(
          "h-7 w-full rounded-md border bg-canvas pr-14 pl-7 placeholder:text-ink-3",
          problem !== undefined && !hasFocus ? "border-failing" : "border-hairline",
        )}
      />
      <span className="absolute right-1 flex items-center gap-1">{props.end}</span>
      {hasFocus && (isOpen || problem !== undefined) && (
        <div
          className={clsx(
            "absolute top-8 z-50 w-96 max-w-[calc(100vw-24px)] overflow-hidden rounded-md border border-hairline bg-panel text-13 shadow-overlay [font-variant-ligatures:none]",
            props.side === "left" ? "left-0 wide:right-0 wide:left-auto" : "right-0",
          )}
        >
          {problem !== undefined && <ProblemNote text={text} problem={problem} />}
          <CompletionList id={listId} suggestions={suggestions} chosen={chosen} onTake={take} />
        </div>
      )}
    </div>
  );
}
