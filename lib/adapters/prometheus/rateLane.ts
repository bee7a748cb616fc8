/** The rate lane: three mesh-wide queries at once, whatever the number of namespaces. */
import { QualityCounter, type QualityNote } from "#lib/domain/telemetry/quality.ts";
import type { RequestReport, TcpReport } from "#lib/domain/telemetry/reports.ts";
import type { Warning } from "#lib/ports.ts";
import type { Answer } from "./answer.ts";
import { decodeRequests, decodeTcp } from "./decodeReports.ts";
import { meanRows, worstNotes } from "./meanRows.ts";
import { clientRequests, type QueryContext, serverRequests, tcpTraffic } from "./queries.ts";

export type Rates = {
  readonly requests: readonly RequestReport[];
  readonly tcp: readonly TcpReport[];
  readonly warnings: readonly Warning[];
  readonly quality: readonly QualityNote[];
};

/** Reads the lane with `ask`, which sends one instant query. */
export async function readRateLane(ask: (promql: string) => Promise<Answer>, context: QueryContext): Promise<Rates> {
  const [servers, clients, tcp] = await Promise.all([
    ask(serverRequests(context)),
    ask(clientRequests(context)),
    ask(tcpTraffic(context)),
  ]);
  const quality = new QualityCounter();
  return {
    requests: [...decodeRequests(servers.data, quality), ...decodeRequests(clients.data, quality)],
    tcp: decodeTcp(tcp.data, quality),
    warnings: [servers, clients, tcp].flatMap(({ warnings }) => warnings),
    quality: quality.notes(),
  };
}

/** The rates of a window from those of its samples. */
export function meanRates(parts: readonly Rates[]): Pick<Rates, "requests" | "tcp" | "quality"> {
  return {
    requests: meanRows(
      parts.map(({ requests }) => requests),
      ["perSecond"],
    ),
    tcp: meanRows(
      parts.map(({ tcp }) => tcp),
      ["perSecond"],
    ),
    quality: worstNotes(parts.map(({ quality }) => quality)),
  };
}
