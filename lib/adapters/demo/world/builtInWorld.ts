/** The mesh the demo shows: small enough to know by heart, with something of everything that puzzles people. */
import { joinWorlds, type World } from "../world.ts";
import { bookinfoWorld } from "./bookinfo.ts";
import { celloWorld } from "./cello.ts";
import { legacyWorld } from "./legacy.ts";
import { loyaltyWorld } from "./loyalty.ts";
import { ordersWorld } from "./orders.ts";
import { systemWorld } from "./system.ts";
import { travelWorld } from "./travel.ts";
import { westWorld } from "./west.ts";

/** The seed moves the waves of its traffic, nothing else. */
export function builtInWorld(seed: number): World {
  return joinWorlds([
    systemWorld(),
    bookinfoWorld(seed),
    travelWorld(seed),
    celloWorld(seed),
    ordersWorld(seed),
    loyaltyWorld(seed),
    legacyWorld(seed),
    westWorld(),
  ]);
}
