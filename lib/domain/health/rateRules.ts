/**
 * Which tolerances apply to an object: those of its annotation, else of the first entry of the settings whose namespace,
 * kind and name match it, else the defaults.
 */
import { readRateAnnotation } from "./annotation.ts";
import type { Direction, ToleranceOrigin } from "./health.ts";
import { compileCodePattern, compilePattern, type Pattern, type PatternProblem } from "./pattern.ts";
import { DEFAULT_TOLERANCES, FALLBACK_TOLERANCES, type HealthConfig, type Tolerance } from "./tolerances.ts";

/** A tolerance ready to be asked: one object for each that was written, so that two that are the same are the same. */
export type CompiledTolerance = {
  readonly code: string;
  readonly degraded: number;
  readonly failure: number;
  readonly origin: ToleranceOrigin;
  matches(code: string): boolean;
};

type ByProtocol = Readonly<Record<"http" | "grpc", readonly CompiledTolerance[]>>;

export type ObjectTolerances = Readonly<Record<Direction, ByProtocol>> & {
  /** Why the object's annotation does not count. */
  readonly annotationProblem?: string;
};

export type RatedObject = {
  readonly kind: "app" | "service" | "workload";
  readonly namespace: string;
  readonly name: string;
  /** The text of its annotation. */
  readonly healthRate?: string | undefined;
};

export type RateRules = (object: RatedObject) => ObjectTolerances;

export const DEFAULT_OBJECT_TOLERANCES = arrange(DEFAULT_TOLERANCES, { kind: "default" });

/** Annotations change while a server runs; those of today's objects are soon known again. */
const MOST_KEPT_ANNOTATIONS = 10_000;

const compiled = new WeakMap<HealthConfig, RateRules>();

/** The rules of a configuration; made once for each. Throws on patterns that checkRate.ts refuses. */
export function rateRules(config: HealthConfig): RateRules {
  let rules = compiled.get(config);
  if (rules === undefined) compiled.set(config, (rules = compileRules(config)));
  return rules;
}

function compileRules({ rate }: HealthConfig): RateRules {
  const entries = rate.map((entry, index) => ({
    namespace: pattern(compilePattern(entry.namespace)),
    kind: pattern(compilePattern(entry.kind)),
    name: pattern(compilePattern(entry.name)),
    tolerances: arrange(entry.tolerance, { kind: "setting", entry: index + 1 }),
  }));
  const annotated = new Map<string, ObjectTolerances>();
  const configured = ({ namespace, kind, name }: RatedObject) =>
    entries.find((entry) => entry.namespace.matches(namespace) && entry.kind.matches(kind) && entry.name.matches(name))
      ?.tolerances ?? DEFAULT_OBJECT_TOLERANCES;
  return (object) => {
    if (object.healthRate === undefined) return configured(object);
    let own = annotated.get(object.healthRate);
    if (own === undefined) {
      if (annotated.size >= MOST_KEPT_ANNOTATIONS) annotated.clear();
      annotated.set(object.healthRate, (own = readAnnotated(object.healthRate)));
    }
    return own.annotationProblem === undefined
      ? own
      : { ...configured(object), annotationProblem: own.annotationProblem };
  };
}

function readAnnotated(text: string): ObjectTolerances {
  const read = readRateAnnotation(text);
  return "problem" in read
    ? { ...DEFAULT_OBJECT_TOLERANCES, annotationProblem: read.problem }
    : arrange(read.tolerances, { kind: "annotation" });
}

const FALLBACK = arrangeOnly(FALLBACK_TOLERANCES, { kind: "fallback" });

function arrange(tolerances: readonly Tolerance[], origin: ToleranceOrigin): ObjectTolerances {
  const own = arrangeOnly(tolerances, origin);
  const orFallback = (direction: Direction): ByProtocol => ({
    http: own[direction].http.length > 0 ? own[direction].http : FALLBACK[direction].http,
    grpc: own[direction].grpc.length > 0 ? own[direction].grpc : FALLBACK[direction].grpc,
  });
  return { inbound: orFallback("inbound"), outbound: orFallback("outbound") };
}

function arrangeOnly(tolerances: readonly Tolerance[], origin: ToleranceOrigin): ObjectTolerances {
  const all = tolerances.map((tolerance) => ({
    tolerance: compile(tolerance, origin),
    protocol: pattern(compilePattern(tolerance.protocol)),
    direction: pattern(compilePattern(tolerance.direction)),
  }));
  const of = (direction: Direction, protocol: "http" | "grpc") =>
    all.flatMap((each) => (each.protocol.matches(protocol) && each.direction.matches(direction) ? each.tolerance : []));
  return {
    inbound: { http: of("inbound", "http"), grpc: of("inbound", "grpc") },
    outbound: { http: of("outbound", "http"), grpc: of("outbound", "grpc") },
  };
}

/** Codes that are worth remembering: every real one has at most three characters. */
const LONGEST_KNOWN_CODE = 3;

function compile({ code, degraded, failure }: Tolerance, origin: ToleranceOrigin): CompiledTolerance {
  const codes = pattern(compileCodePattern(code));
  const known = new Map<string, boolean>();
  const matches = (text: string) => {
    let answer = known.get(text);
    if (answer === undefined) {
      answer = codes.matches(text);
      if (text.length <= LONGEST_KNOWN_CODE) known.set(text, answer);
    }
    return answer;
  };
  return { code, degraded, failure, origin, matches };
}

function pattern(compiled: Pattern | PatternProblem): Pattern {
  if ("problem" in compiled) throw new Error(`A tolerance was not checked: ${compiled.problem}`);
  return compiled;
}
