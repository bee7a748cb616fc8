"use client";
import { CircleHelp } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/Button.tsx";
import { PopoverPanel } from "#components/ui/PopoverPanel.tsx";
import { FLAGS } from "#lib/domain/graph/select/flags.ts";
import { OPERANDS, type OperandDefinition } from "#lib/domain/graph/select/operands.ts";
import { unitsOf } from "#lib/domain/graph/select/units.ts";
import type { Preset } from "./presets.ts";

/** Expressions that show the language, and what they mean. */
export const EXAMPLES = [
  ["reviews", "“reviews” in a name, namespace or host"],
  ["ns = bookinfo and rt > 500ms", "slow edges into, out of or within bookinfo"],
  ["http > 1.5rps and not mtls", "busy edges with plaintext"],
  ["code >= 500 or flags = UH", "edges that saw these responses"],
  ["name startswith reviews and version != v1", "nodes"],
  ["(idle or dead) and not outside", "parentheses group"],
  ["label:team = books", "nodes by a Kubernetes label"],
  ["rt = NaN", "edges whose latency is not known"],
] as const;

/** A button that opens the language: often asked, examples, and every word there is. */
export function FindHelp(props: {
  readonly title: string;
  readonly presets: readonly Preset[];
  readonly onChoose: (expression: string) => void;
}) {
  const [open, setOpen] = useState(false);
  const choose = (expression: string) => {
    props.onChoose(expression);
    setOpen(false);
  };
  return (
    <PopoverPanel
      title={props.title}
      align="end"
      className="max-h-[min(34rem,var(--available-height))]! w-120 [font-variant-ligatures:none]"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button
          type="button"
          aria-label={props.title}
          title={props.title}
          className="flex size-5 items-center justify-center rounded-sm text-ink-3 hover:text-ink"
        >
          <CircleHelp aria-hidden size={14} />
        </button>
      }
    >
      <h3 className="mb-1.5 text-12 font-medium text-ink-3">Often asked</h3>
      <div className="flex flex-wrap gap-1.5">
        {props.presets.map(({ name, expression }) => (
          <Button key={name} title={expression} onClick={() => choose(expression)}>
            {name}
          </Button>
        ))}
      </div>
      <h3 className="mt-3 mb-1 text-12 font-medium text-ink-3">Examples</h3>
      <ul>
        {EXAMPLES.map(([expression, means]) => (
          <li key={expression}>
            <button
              type="button"
              onClick={() => choose(expression)}
              className="grid w-full gap-x-3 rounded-sm px-1.5 py-0.5 text-left hover:bg-raised wide:grid-cols-[minmax(0,1.1fr)_minmax(0,1fr)]"
            >
              <code className="font-mono text-12 text-ink">{expression}</code>
              <span className="text-12 text-ink-2">{means}</span>
            </button>
          </li>
        ))}
      </ul>
      <h3 className="mt-3 mb-1 text-12 font-medium text-ink-3">How it is read</h3>
      <ul className="list-disc pl-4 text-12 text-ink-2">
        <li>
          Operators: = != &gt; &gt;= &lt; &lt;= contains (*=) startswith (^=) endswith ($=). “not” or ! turns round what
          follows; “and” comes before “or”; side by side means “and”.
        </li>
        <li>Quotes keep text together, and make a word of this language plain text to search for.</li>
        <li>
          A word about nodes is true of an edge when it is true of either end. Words about edges select edges only.
        </li>
        <li>A figure that is not known is neither above nor below anything; NaN asks for those.</li>
      </ul>
      <Words title="Of nodes" operands={OPERANDS.filter((operand) => "node" in operand)} />
      <Words title="Of edges" operands={OPERANDS.filter((operand) => "edge" in operand)} />
      <h3 className="mt-3 mb-1 text-12 font-medium text-ink-3">Alone, or after “is” and “has”</h3>
      <dl className="grid grid-cols-[8.5rem_minmax(0,1fr)] gap-x-3 text-12">
        {FLAGS.map(({ name, aliases, help }) => (
          <Word key={name} names={[name, ...aliases]} help={help} />
        ))}
      </dl>
    </PopoverPanel>
  );
}

function Words({ title, operands }: { readonly title: string; readonly operands: readonly OperandDefinition[] }) {
  return (
    <>
      <h3 className="mt-3 mb-1 text-12 font-medium text-ink-3">{title}</h3>
      <dl className="grid grid-cols-[8.5rem_minmax(0,1fr)] gap-x-3 text-12">
        {operands.map((operand) => (
          <Word key={operand.name} names={[operand.name, ...operand.aliases]} help={helpOf(operand)} />
        ))}
      </dl>
    </>
  );
}

function helpOf(operand: OperandDefinition): string {
  if (operand.kind === "text") {
    return operand.choices === undefined ? operand.help : `${operand.help}: ${operand.choices.join(", ")}`;
  }
  const units = unitsOf(operand.unit);
  return units.length === 0 ? operand.help : `${operand.help} (${units.join(", ")})`;
}

function Word({ names, help }: { readonly names: readonly string[]; readonly help: string }) {
  return (
    <>
      <dt className="font-mono break-words text-ink">{names.join(" ")}</dt>
      <dd className="text-ink-2">{help}</dd>
    </>
  );
}
