/**
 * The audit log: one line on stdout for every attempt to change something, allowed or not, whatever the log level.
 *
 *   {"level":30,"time":…,"name":"meshscope","audit":true,"action":"update","outcome":"written","who":"jane@example.org",…}
 *
 * Lines hold no object and no value of one: what was changed is told by paths of fields.
 */
import { createHash } from "node:crypto";
import pino from "pino";
import type { ObjectRef } from "#lib/domain/mesh/meshObject.ts";

export type AuditEntry = {
  /** Id of the request, as in its answer and in the log. */
  readonly request: string;
  readonly who: string;
  readonly groups: readonly string[];
  /** With what Kubernetes is asked: never the credentials themselves. */
  readonly as: "process" | "bearer" | "impersonation";
  readonly peer: string;
  readonly cluster?: string;
  readonly action?: "create" | "update" | "delete";
  readonly object?: ObjectRef;
  readonly dryRun?: boolean;
  /**
   * "checked": a dry run was allowed. "failed": something was in the way, nothing was written. "unknown": the write was
   * sent, and no answer came.
   */
  readonly outcome: "written" | "checked" | "refused" | "failed" | "unknown";
  /** Why not: "conflict", "denied", "writing-off". */
  readonly reason?: string;
  readonly versionBefore?: string;
  readonly versionAfter?: string;
  readonly changed?: ChangedFields;
};

export type ChangedFields = {
  readonly count: number;
  readonly paths: readonly string[];
  /** Of all paths: equal for the dry run and the write of one change. */
  readonly digest: string;
};

export type Audit = (entry: AuditEntry) => void;

const MOST_PATHS = 10;
const MOST_GROUPS = 50;
const LONGEST = 200;

/** Writes to stdout unless told otherwise. */
export function createAudit(destination?: pino.DestinationStream): Audit {
  const options = { name: "meshscope", level: "info" };
  const log = destination === undefined ? pino(options) : pino(options, destination);
  return (entry) => {
    const { action = "change", object, outcome } = entry;
    const what = object === undefined ? "" : ` ${object.kind} ${object.namespace}/${object.name}`;
    const line = { audit: true, ...entry, groups: entry.groups.slice(0, MOST_GROUPS) };
    log.info(printable(line), printable(`${action}${what}: ${outcome}`));
  };
}

/** What fields were changed, shortened for a log line. */
export function changedFields(paths: readonly string[]): ChangedFields {
  const digest = createHash("sha256").update(paths.join("\n")).digest("hex").slice(0, 16);
  return { count: paths.length, paths: paths.slice(0, MOST_PATHS), digest };
}

/** JSON escapes what ends a line for JSON; a terminal also obeys C1 codes, and a reader is misled by reordered text. */
const MISLEADING = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function printable<Value>(value: Value): Value {
  if (typeof value === "string") return shortened(value) as Value;
  if (Array.isArray(value)) return value.map(printable) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, printable<unknown>(inner)])) as Value;
}

function shortened(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return short.replace(MISLEADING, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
