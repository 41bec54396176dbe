/** Stands in for an object that lives in another thread: whatever its interface names is a call of that name. */

/** An interface whose methods all answer later. */
export type Remote<Interface> = { readonly [Name in keyof Interface]: (...args: never[]) => Promise<unknown> };

/**
 * @param send carries a call over; the other side says which names it knows
 * @param own what is answered on this side instead
 */
export function createRemoteObject<Interface extends Remote<Interface>>(
  send: (method: string, args: readonly unknown[]) => Promise<unknown>,
  own: Partial<Interface> = {},
): Interface {
  // Methods are kept as they are asked for, so that each is one function, as of any other object.
  const methods: Record<string, unknown> = Object.assign(Object.create(null) as Record<string, unknown>, own);
  return new Proxy(methods, {
    get: (kept, name) => {
      // Whoever awaits the object asks whether it is a promise; symbols are the language's own questions.
      if (typeof name === 'symbol' || name === 'then') return undefined;
      return (kept[name] ??= (...args: unknown[]) => send(name, args));
    },
  }) as unknown as Interface;
}
