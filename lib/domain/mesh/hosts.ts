/** Host names as Istio resolves and matches them (pilot/pkg/model ResolveShortnameToFQDN, pkg/config/host Matches). */
const CLUSTER_DOMAIN = "cluster.local";

/** The name a Service is called by from anywhere in the cluster. */
export function serviceFqdn(name: string, namespace: string, domain = CLUSTER_DOMAIN): string {
  return `${name}.${namespace}.svc.${domain}`;
}

/** Expands a name without dots relative to a namespace. Everything else, "reviews.ns" included, is taken literally. */
export function resolveHost(host: string, namespace: string, domain = CLUSTER_DOMAIN): string {
  const isShort = host !== "" && host !== "*" && !host.includes(".") && !host.includes(":");
  return isShort ? serviceFqdn(host, namespace, domain) : host;
}

/** Whether two hosts have a name in common; either side may be a wildcard ("*", "*.example.com"). */
export function hostsOverlap(left: string, right: string): boolean {
  const leftTail = wildcardTail(left);
  const rightTail = wildcardTail(right);
  if (leftTail === undefined && rightTail === undefined) return left === right;
  if (leftTail === undefined) return left.endsWith(rightTail ?? "");
  if (rightTail === undefined) return right.endsWith(leftTail);
  return leftTail.endsWith(rightTail) || rightTail.endsWith(leftTail);
}

/** Sorts the more specific host first: names before wildcards, then the longer, then by alphabet. */
export function compareSpecificity(left: string, right: string): number {
  const wildcards = Number(left.startsWith("*")) - Number(right.startsWith("*"));
  if (wildcards !== 0) return wildcards;
  if (left.length !== right.length) return right.length - left.length;
  return left < right ? -1 : left > right ? 1 : 0;
}

function wildcardTail(host: string): string | undefined {
  return host.startsWith("*") ? host.slice(1) : undefined;
}
