const numbers = new WeakMap<object, number>();
let last = 0;

/** Tells objects apart in keys: always the same for one object, and never given to another. */
export function numberOf(object: object): number {
  let number = numbers.get(object);
  if (number === undefined) numbers.set(object, (number = last += 1));
  return number;
}
