"use client";
import { type ReactNode, useMemo } from "react";
import type { Reading } from "#lib/api/reading.ts";
import type { Graph } from "#lib/domain/graph/graph.ts";
import type { NodeKey } from "#lib/domain/graph/ids.ts";
import { AppInspector } from "./AppInspector.tsx";
import { boxFigures } from "./boxFigures.ts";
import { ClusterInspector } from "./ClusterInspector.tsx";
import { NamespaceInspector } from "./NamespaceInspector.tsx";

export type BoxKey = Extract<NodeKey, { readonly kind: "clusterBox" | "box" | "appBox" }>;

/** A cluster, a namespace or an app; `missing` where the graph holds nothing of it. */
export function BoxInspector(props: {
  readonly box: string;
  readonly boxKey: BoxKey;
  readonly graph: Graph;
  readonly reading: Reading;
  readonly folded: boolean;
  readonly missing: ReactNode;
  readonly onSelect: (id: string) => void;
  readonly onToggle: () => void;
  readonly onOnlyNamespace: (namespace: string) => void;
  readonly onOnlyCluster: (cluster: string) => void;
}) {
  const { box, boxKey, graph, reading } = props;
  const figures = useMemo(() => boxFigures(graph, box), [graph, box]);
  if (figures === undefined) return props.missing;
  const { cluster } = boxKey;
  const { onSelect, onToggle, folded } = props;
  const fold = { figures, folded, onSelect, onToggle };
  if (boxKey.kind === "clusterBox")
    return (
      <ClusterInspector
        {...fold}
        cluster={cluster}
        graph={graph}
        asOf={reading.asOf}
        onOnly={() => props.onOnlyCluster(cluster)}
      />
    );
  const { namespace } = boxKey;
  if (boxKey.kind === "appBox")
    return (
      <AppInspector
        cluster={cluster}
        namespace={namespace}
        app={boxKey.app}
        figures={figures}
        asOf={reading.asOf}
        onSelect={onSelect}
      />
    );
  return (
    <NamespaceInspector
      {...fold}
      cluster={cluster}
      namespace={namespace}
      configuration={reading.mesh.namespaces.find(
        (candidate) => candidate.cluster === cluster && candidate.name === namespace,
      )}
      asOf={reading.asOf}
      onOnly={() => props.onOnlyNamespace(namespace)}
    />
  );
}
