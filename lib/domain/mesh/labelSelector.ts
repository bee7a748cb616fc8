/**
 * Label selectors as Kubernetes writes them: every pair of matchLabels and every expression must hold; an empty one
 * matches everything. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
 */
import { type Labels, matchesLabels } from "./labels.ts";
import { shape, shapes, text, textMap } from "./shape.ts";

export type Requirement = {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
};

export type LabelSelector = { readonly matchLabels: Labels; readonly matchExpressions: readonly Requirement[] };

export function readLabelSelector(value: unknown): LabelSelector {
  const { matchLabels, matchExpressions } = shape(value);
  return {
    matchLabels: textMap(matchLabels),
    matchExpressions: shapes(matchExpressions).map(({ key, operator, values }) => ({
      key: text(key) ?? "",
      operator: text(operator) ?? "",
      values: Array.isArray(values) ? values.filter((item) => typeof item === "string") : [],
    })),
  };
}

/** Whether labels satisfy the selector. An operator that Kubernetes does not know holds for nothing. */
export function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
  return matchesLabels(matchLabels, labels) && matchExpressions.every((requirement) => holds(requirement, labels));
}

export function isEmptySelector({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return matchExpressions.length === 0 && Object.keys(matchLabels).length === 0;
}

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}
