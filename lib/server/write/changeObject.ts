/**
 * Writes one object as the viewer, or says why not.
 *
 *   body ─▶ may they write here? ─▶ dry run ─▶ write ─▶ { before, after, undo }
 *   400      403                     403 404 409 422     409 · 502 504: nobody knows
 *            └──────────── one line in the audit log, whichever way it ends ───────┘
 */
import { ZodError } from "zod";
import { type ChangeAnswer, type ChangeRequest, changeRequestSchema } from "#lib/api/objects.ts";
import { differingPaths } from "#lib/domain/change/differingPaths.ts";
import {
  type KubernetesObject,
  type ObjectChange,
  refOfChange,
  undoOf,
  withoutServerFields,
} from "#lib/domain/change/objectChange.ts";
import { type ClusterWriter, isSourceError, type Written } from "#lib/ports.ts";
import type { Viewer } from "../access/viewer.ts";
import { isProblemError } from "../problemError.ts";
import { readJsonBody } from "../readBody.ts";
import { requestContext } from "../requestContext.ts";
import type { Runtime } from "../running.ts";
import { type AuditEntry, changedFields } from "./audit.ts";
import { requireVisible, requireWritableKind } from "./place.ts";
import { permissionIn, requireWriting } from "./writePolicy.ts";
import { type Phase, writeProblem } from "./writeProblem.ts";

/** What etcd takes of one object is 1.5 MB. */
const LIMIT_BYTES = 1024 * 1024;

export type WriteParts = Pick<Runtime, "access" | "audit" | "clusters" | "settings" | "writing">;

/** Rejects with ProblemError, ZodError or SourceError; what was asked for has then not been done unless it says so. */
export async function changeObject(running: WriteParts, viewer: Viewer, request: Request): Promise<ChangeAnswer> {
  const attempt = new Attempt(viewer);
  try {
    const answer = await attempt.run(running, request);
    running.audit(attempt.entry(answer.dryRun ? "checked" : "written"));
    return answer;
  } catch (error) {
    const told = writeProblem(error, attempt.phase, attempt.change, viewer.credentials);
    running.audit(attempt.entry(outcomeOf(told), reasonOf(told)));
    throw told;
  }
}

/** One request to change something, as far as it has come. */
class Attempt {
  phase: Phase = "checking";
  change: ObjectChange | undefined;
  #asked: ChangeRequest | undefined;
  #written: Partial<Written> = {};
  #changed: readonly string[] = [];
  readonly #viewer: Viewer;

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
  }

  async run(running: WriteParts, request: Request): Promise<ChangeAnswer> {
    const { signal } = request;
    const viewer = this.#viewer;
    const asked = await readJsonBody(request, changeRequestSchema, { limitBytes: LIMIT_BYTES });
    const change = changeOf(asked);
    this.#asked = asked;
    this.change = change;
    const ref = refOfChange(change);
    const kind = requireWritableKind(ref);
    // Known before anything is asked, and the same answer for every object.
    if (running.writing === "off") requireWriting(permissionIn(running, viewer, undefined));
    const { writer } = await requireVisible(running, viewer, asked.cluster, ref.namespace, kind, signal);
    requireWriting(permissionIn(running, viewer, writer));
    if (writer === undefined) throw new Error("A cluster without a writer was let through");
    return this.#write(writer, change, asked.dryRun, signal);
  }

  async #write(
    writer: ClusterWriter,
    change: ObjectChange,
    dryRun: boolean,
    signal: AbortSignal,
  ): Promise<ChangeAnswer> {
    const as = this.#viewer.credentials;
    const checked = await writer.write(change, { as, dryRun: true }, signal);
    const { before } = checked;
    this.#written = checked;
    this.#changed = differingPaths(written(before), written(checked.after));
    if (dryRun) return { dryRun, ...bothOf(checked), warnings: [...checked.warnings] };
    signal.throwIfAborted();
    this.phase = "writing";
    // Whoever asked may go away; what was sent is still heard to its end, so that the log tells how it ended.
    const sent = await writer.write(bound(change, before), { as, dryRun: false }, new AbortController().signal);
    const result = { ...(before && { before }), ...(sent.after && { after: sent.after }) };
    this.#written = result;
    const undo = undoOf(change, result);
    return { dryRun, ...bothOf(result), warnings: [...sent.warnings], ...(undo && { undo }) };
  }

  entry(outcome: AuditEntry["outcome"], reason?: string): AuditEntry {
    const { id, peer } = requestContext();
    const { name, groups, credentials } = this.#viewer;
    const { change } = this;
    const versionBefore =
      change?.action === "delete" ? change.resourceVersion : change?.object.metadata.resourceVersion;
    const versionAfter = outcome === "written" ? this.#written.after?.metadata.resourceVersion : undefined;
    return {
      request: id,
      who: name,
      groups,
      as: credentials.kind,
      peer,
      ...(this.#asked && { cluster: this.#asked.cluster, dryRun: this.#asked.dryRun }),
      ...(change && { action: change.action, object: refOfChange(change) }),
      outcome,
      ...(reason !== undefined && { reason }),
      ...(versionBefore !== undefined && { versionBefore }),
      ...(versionAfter !== undefined && { versionAfter }),
      ...(this.#changed.length > 0 && { changed: changedFields(this.#changed) }),
    };
  }
}

/** What was sent, without the fields that are not the writer's to say. */
function changeOf({ change }: ChangeRequest): ObjectChange {
  if (change.action === "delete") {
    const { uid, ...rest } = change;
    return { ...rest, ...(uid !== undefined && { uid }) };
  }
  const keep = change.action === "update" ? "preconditions" : "nothing";
  // The schema's type allows undefined where the field is only absent.
  return { action: change.action, object: withoutServerFields(change.object as KubernetesObject, keep) };
}

/** The same change on top of exactly what the dry run found. */
function bound(change: ObjectChange, before: KubernetesObject | undefined): ObjectChange {
  const uid = before?.metadata.uid;
  return change.action === "delete" && uid !== undefined ? { ...change, uid } : change;
}

function bothOf({ before, after }: Partial<Written>): Pick<ChangeAnswer, "after" | "before"> {
  return { ...(before && { before }), ...(after && { after }) };
}

function written(object: KubernetesObject | undefined): KubernetesObject | undefined {
  return object && withoutServerFields(object, "nothing");
}

function outcomeOf(error: unknown): AuditEntry["outcome"] {
  if (error instanceof ZodError) return "refused";
  if (!isProblemError(error)) return "failed";
  return error.extra["reason"] === "unknown-outcome" ? "unknown" : "refused";
}

function reasonOf(error: unknown): string {
  if (error instanceof ZodError) return "malformed";
  if (isSourceError(error)) return error.kind;
  if (!isProblemError(error)) return error instanceof Error ? error.name : "error";
  const { reason } = error.extra;
  if (typeof reason === "string") return reason;
  return error.status === 401 ? "expired" : "malformed";
}
