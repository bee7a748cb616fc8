"use client";
import { Menu } from "@base-ui/react/menu";
import { Check, ChevronDown, SlidersHorizontal } from "lucide-react";
import type { ReactNode } from "react";
import { setPreferences, usePreferences } from "#components/shell/preferences.ts";
import { controlClass } from "#components/ui/Button.tsx";
import { POPUP, POPUP_ITEM } from "#components/ui/popup.ts";
import { GROUP_LEVELS, type GroupLevel } from "#lib/domain/graph/group.ts";
import { PROTOCOLS, type Protocol } from "#lib/domain/telemetry/edgeTable.ts";
import type { ViewChange } from "./useViewState.ts";
import { EDGE_LABELS, type EdgeLabel, type MapViewState } from "./viewState.ts";

const LABEL_WORDS: Readonly<Record<EdgeLabel, string>> = {
  rate: "Request rate",
  errors: "Error share",
  average: "Mean latency",
  p50: "p50 latency",
  p95: "p95 latency",
  p99: "p99 latency",
  throughput: "Throughput",
  messages: "gRPC messages",
  mtls: "mTLS share",
};

const BOX_WORDS: Readonly<Record<GroupLevel, string>> = { cluster: "Clusters", namespace: "Namespaces", app: "Apps" };

const PROTOCOL_WORDS: Readonly<Record<Protocol, string>> = { http: "HTTP", grpc: "gRPC", tcp: "TCP" };

/** What is written and drawn on the map. */
export function DisplayMenu({
  view,
  onChange,
}: {
  readonly view: MapViewState;
  readonly onChange: (change: ViewChange) => void;
}) {
  const { traffic, legend } = usePreferences();
  const toggleProtocol = (protocol: Protocol, on: boolean) =>
    onChange({
      protocols: PROTOCOLS.filter((other) => (other === protocol ? on : view.protocols.includes(other))),
    });
  const toggleBoxes = (level: GroupLevel, on: boolean) =>
    onChange({ boxes: GROUP_LEVELS.filter((other) => (other === level ? on : view.boxes.includes(other))) });
  const toggleLabel = (label: EdgeLabel, on: boolean) =>
    onChange({ labels: EDGE_LABELS.filter((other) => (other === label ? on : view.labels.includes(other))) });
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className={controlClass()} aria-label="Display">
        <SlidersHorizontal aria-hidden size={14} className="text-ink-3" />
        <span className="hidden wide:inline">Display</span>
        <ChevronDown aria-hidden size={12} className="hidden text-ink-3 wide:block" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="start" className="z-50">
          <Menu.Popup className={POPUP}>
            <Group title="On edges">
              {EDGE_LABELS.map((label) => (
                <Toggle
                  key={label}
                  checked={view.labels.includes(label)}
                  onChange={(checked) => toggleLabel(label, checked)}
                >
                  {LABEL_WORDS[label]}
                </Toggle>
              ))}
            </Group>
            <Menu.Separator className="my-1 h-px bg-hairline" />
            <Group title="Traffic">
              {PROTOCOLS.map((protocol) => (
                <Toggle
                  key={protocol}
                  checked={view.protocols.includes(protocol)}
                  onChange={(checked) => toggleProtocol(protocol, checked)}
                >
                  {PROTOCOL_WORDS[protocol]}
                </Toggle>
              ))}
            </Group>
            <Menu.Separator className="my-1 h-px bg-hairline" />
            <Group title="Boxes">
              {GROUP_LEVELS.map((level) => (
                <Toggle
                  key={level}
                  checked={view.boxes.includes(level)}
                  onChange={(checked) => toggleBoxes(level, checked)}
                >
                  {BOX_WORDS[level]}
                </Toggle>
              ))}
            </Group>
            <Menu.Separator className="my-1 h-px bg-hairline" />
            <Group title="On the map">
              <Toggle checked={view.serviceNodes} onChange={(serviceNodes) => onChange({ serviceNodes })}>
                Service nodes
              </Toggle>
              <Toggle checked={view.idleNodes} onChange={(idleNodes) => onChange({ idleNodes })}>
                Idle nodes
              </Toggle>
              <Toggle checked={view.operations} onChange={(operations) => onChange({ operations })}>
                Operation nodes
              </Toggle>
              <Toggle checked={view.tunnelLegs} onChange={(tunnelLegs) => onChange({ tunnelLegs })}>
                Ztunnel connections
              </Toggle>
              <Toggle checked={traffic} onChange={(checked) => setPreferences({ traffic: checked })}>
                Moving traffic
              </Toggle>
              <Toggle checked={legend} onChange={(checked) => setPreferences({ legend: checked })}>
                Legend
              </Toggle>
            </Group>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Menu.Group>
      <Menu.GroupLabel className="px-2 pt-1 pb-0.5 text-12 font-medium text-ink-3">{title}</Menu.GroupLabel>
      {children}
    </Menu.Group>
  );
}

function Toggle(props: {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ReactNode;
}) {
  return (
    <Menu.CheckboxItem checked={props.checked} onCheckedChange={props.onChange} className={POPUP_ITEM}>
      <span className="flex size-4 items-center">
        <Menu.CheckboxItemIndicator>
          <Check aria-hidden size={14} className="text-accent" />
        </Menu.CheckboxItemIndicator>
      </span>
      {props.children}
    </Menu.CheckboxItem>
  );
}
