import { Fragment, type ReactNode } from "react";

/** What is selected: kind and place above, name in full, then what to know first. */
export function InspectorTitle(props: {
  readonly kind: readonly string[];
  readonly name: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="px-4 pt-3 pb-3">
      <p className="pr-8 text-12 text-ink-3">
        {props.kind
          .filter((part) => part !== "")
          .map((part, index) => (
            <Fragment key={part}>
              {index > 0 && " · "}
              <bdi>{part}</bdi>
            </Fragment>
          ))}
      </p>
      <h2 className="mb-1 text-16 font-semibold break-words">{props.name}</h2>
      {props.children}
    </div>
  );
}
