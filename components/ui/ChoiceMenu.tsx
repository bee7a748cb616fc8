"use client";
import { Menu } from "@base-ui/react/menu";
import { Check, ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { controlClass } from "./Button.tsx";
import { POPUP, POPUP_ITEM } from "./popup.ts";

export type Choice<Value> = { readonly value: Value; readonly label: string; readonly hint?: string };

/** One of a few: a button that says its name and choice, and opens the list. */
export function ChoiceMenu<Value extends string | number>(props: {
  readonly name: string;
  readonly icon?: ReactNode;
  readonly value: Value;
  /** What the button shows when the value is none of the choices. */
  readonly valueLabel?: string;
  readonly choices: readonly Choice<Value>[];
  readonly onChange: (value: Value) => void;
}) {
  const current =
    props.choices.find((choice) => choice.value === props.value)?.label ?? props.valueLabel ?? String(props.value);
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className={controlClass()} aria-label={`${props.name}: ${current}`} title={props.name}>
        {props.icon}
        <span>{current}</span>
        <ChevronDown aria-hidden size={12} className="text-ink-3" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="start" className="z-50">
          <Menu.Popup className={POPUP}>
            <Menu.RadioGroup value={props.value} onValueChange={(value: Value) => props.onChange(value)}>
              {props.choices.map((choice) => (
                <Menu.RadioItem key={choice.value} value={choice.value} closeOnClick className={POPUP_ITEM}>
                  <span className="flex size-4 items-center">
                    <Menu.RadioItemIndicator>
                      <Check aria-hidden size={14} className="text-accent" />
                    </Menu.RadioItemIndicator>
                  </span>
                  <span>{choice.label}</span>
                  {choice.hint !== undefined && <span className="ml-auto pl-4 text-12 text-ink-3">{choice.hint}</span>}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
