import { Suspense } from "react";
import { MapView } from "#components/map/MapView.tsx";

/** The map is home. */
export default function MapPage() {
  return (
    <Suspense>
      <MapView />
    </Suspense>
  );
}
