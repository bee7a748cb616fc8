import type { GraphEdge, PrincipalPair } from "#lib/domain/graph/graph.ts";
import { formatCount, formatPercent } from "#lib/format/quantity.ts";
import { Fact, Facts } from "./parts.tsx";

const MOST_PAIRS = 8;

/** How the connections of an edge were secured, and who proved to be whom. */
export function Principals({ edge }: { readonly edge: GraphEdge }) {
  const { mtlsPercent, principals } = edge;
  if (mtlsPercent === undefined) {
    return <p className="text-ink-2">Not reported.</p>;
  }
  return (
    <>
      <Facts>
        <Fact name="Share" bad={mtlsPercent < 100}>
          {formatPercent(mtlsPercent)}
          {mtlsPercent < 100 && " · the rest is plaintext"}
        </Fact>
      </Facts>
      <ul className="mt-2 flex flex-col gap-2">
        {principals.slice(0, MOST_PAIRS).map((pair) => (
          <Pair key={`${pair.source} ${pair.target}`} pair={pair} isOnly={principals.length === 1} />
        ))}
      </ul>
      {principals.length > MOST_PAIRS && (
        <p className="mt-1 text-12 text-ink-3">and {formatCount(principals.length - MOST_PAIRS)} more pairs</p>
      )}
    </>
  );
}

function Pair({ pair, isOnly }: { readonly pair: PrincipalPair; readonly isOnly: boolean }) {
  return (
    <li>
      <p className="font-mono text-12 break-all">
        {pair.source || "no identity"} → {pair.target || "no identity"}
      </p>
      {!isOnly && (
        <p className="text-12 text-ink-2">
          {formatPercent(pair.trafficPercent)} of the traffic, {formatPercent(pair.mtlsPercent)} of it mTLS
        </p>
      )}
    </li>
  );
}
