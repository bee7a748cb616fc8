import type { Explanation } from "#lib/domain/graph/explain/explanation.ts";
import { Fact, Facts, Section } from "./parts.tsx";

/** What is odd and why: what the reading says, what usually makes it so, and what to do. */
export function Explanations({ explanations }: { readonly explanations: readonly Explanation[] }) {
  return explanations.map((explanation) => (
    <Section key={explanation.kind} title={TITLES[explanation.kind]}>
      <p className="mb-2">{explanation.summary}</p>
      {explanation.evidence.length > 0 && (
        <Facts>
          {explanation.evidence.map(({ label, value }) => (
            <Fact key={label} name={label}>
              <bdi className="break-words">{value}</bdi>
            </Fact>
          ))}
        </Facts>
      )}
      <Lines title="Likely causes" lines={explanation.causes} />
      <Lines title="What to do" lines={explanation.remedies} />
    </Section>
  ));
}

const TITLES: Readonly<Record<Explanation["kind"], string>> = {
  unknownCaller: "Why the caller is unknown",
  passthrough: "Why it passes through",
  blackhole: "Why it is refused",
  unreached: "Why calls do not arrive",
  noWorkload: "Why no workload is known",
  dead: "Why it is not in the configuration",
  idle: "Why it has no traffic",
  outOfMesh: "Why it is out of the mesh",
  inaccessible: "Why it is not shown in full",
  clientsOnly: "Why only clients report it",
  serversOnly: "Why only servers report it",
  tunnelOnly: "Why only ztunnels report it",
  plaintext: "Why it is plain text",
  mixedTls: "Why part of it is plain text",
  unknownTls: "Why its security is not known",
  missing: "Why there is no edge",
};

function Lines({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <>
      <h4 className="mt-2 mb-1 text-12 text-ink-3">{title}</h4>
      <ul className="ml-4 flex list-disc flex-col gap-1">
        {lines.map((line) => (
          <li key={line} className="break-words">
            {line}
          </li>
        ))}
      </ul>
    </>
  );
}
