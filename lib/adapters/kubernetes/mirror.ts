/** One collection of the API server, kept in the index by its reflector. */
import { isDeepStrictEqual } from "node:util";
import { isControlPlaneConfig } from "#lib/domain/mesh/controlPlaneConfig.ts";
import type { MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import { type MeshObject, refOf } from "#lib/domain/mesh/meshObject.ts";
import { type ReflectorOptions, type ReflectorSink, type ReflectorState, runReflector } from "./reflector.ts";
import { collectionPath, type Scope } from "./scope.ts";
import type { WatchedIndex } from "./watchedIndex.ts";

/** A scope of a kind as it is mirrored. */
export type Mirror = Scope & {
  readonly stop: AbortController;
  readonly state: ReflectorState;
  /** Objects and events that could not be read. */
  readonly skipped: number;
  /** Resolves after the loop has ended. */
  readonly ended: Promise<void>;
};

export type MirrorOptions = Pick<ReflectorOptions, "client" | "timings" | "pauses" | "clock" | "random"> & {
  readonly watched: WatchedIndex;
  readonly stopped: AbortSignal;
  /** After each change of the index. */
  readonly changed: () => void;
  /** After each change of a state. */
  readonly turned: () => void;
};

/** Begins to mirror; ends with `stop` or `stopped`. Objects stay in the index after that. */
export function startMirror(kind: MeshKind, apiVersion: string, scope: Scope, options: MirrorOptions): Mirror {
  const { watched, stopped, changed, turned, ...reflector } = options;
  const { index } = watched;
  const stop = new AbortController();
  let state: ReflectorState = { state: "listing" };
  let skipped = 0;
  const sink: ReflectorSink = {
    listed(objects) {
      const { version } = index;
      watched.add(kind, scope, objects.filter(isWanted));
      if (index.version !== version) changed();
    },
    replace(objects) {
      const { version } = index;
      watched.replace(kind, scope, objects.filter(isWanted));
      if (index.version !== version) changed();
    },
    put(object) {
      if (!isWanted(object)) {
        if (index.remove(refOf(object))) changed();
        return;
      }
      if (saysNothingNew(index.get(refOf(object)), object)) return;
      index.put(object);
      changed();
    },
    remove(object) {
      if (index.remove(refOf(object))) changed();
    },
    skip() {
      skipped += 1;
      changed();
    },
    turn(next) {
      state = next;
      // Without its definition a kind has no objects either.
      if (state.state === "absent") watched.clear(kind, [scope]);
      turned();
    },
  };
  const ended = runReflector(
    {
      ...reflector,
      path: collectionPath(kind, apiVersion, scope),
      ...(scope.name !== undefined && { name: scope.name }),
      type: { apiVersion, kind: kind.kind },
      sink,
    },
    AbortSignal.any([stopped, stop.signal]),
  );
  return {
    ...scope,
    stop,
    get state() {
      return state;
    },
    get skipped() {
      return skipped;
    },
    ended,
  };
}

/** Most ConfigMaps beside the mesh configuration are locks that are renewed every few seconds. */
function isWanted(object: MeshObject): boolean {
  return object.kind !== "ConfigMap" || isControlPlaneConfig(object);
}

/** Kinds that controllers write all the time, and nobody edits by what we know of them. */
const BUSY: ReadonlySet<string> = new Set(["Pod", "Node", "EndpointSlice"]);

/** Most updates of these are heartbeats and details that are not kept: each would rebuild every table and every page. */
function saysNothingNew(before: MeshObject | undefined, after: MeshObject): boolean {
  return before !== undefined && BUSY.has(after.kind) && isDeepStrictEqual(content(before), content(after));
}

function content({ metadata, ...rest }: MeshObject): unknown {
  const { resourceVersion: _resourceVersion, generation: _generation, changes: _changes, ...meta } = metadata;
  return { ...rest, metadata: meta };
}
