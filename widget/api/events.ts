// What a page can listen to.

/** The events with what their listeners are given. */
export interface Events {
  ready: undefined;
  unread: number;
  open: undefined;
  close: undefined;
  message: { from: "agent" | "automatic"; name: string; text: string; at: string };
  identity: { verified: boolean; user_id: string; error?: string };
}

type Heard = (value: unknown) => void;

const listeners: Record<keyof Events, Set<Heard>> = {
  ready: new Set(),
  unread: new Set(),
  open: new Set(),
  close: new Set(),
  message: new Set(),
  identity: new Set(),
};

/** Whether there is an event of this name. */
export const isEvent = (name: unknown): name is keyof Events =>
  typeof name === "string" && Object.prototype.hasOwnProperty.call(listeners, name);

/** Tells one listener. What it throws is the page's own, and told where its author looks. */
export const tell = (listener: Heard, value: unknown) => {
  try {
    listener(value);
  } catch (error) {
    console.error(error);
  }
};

export const listen = (name: keyof Events, listener: Heard) => listeners[name].add(listener);
export const leave = (name: keyof Events, listener: Heard) => listeners[name].delete(listener);
/** Tells everybody who listens. */
export const emit = <Name extends keyof Events>(name: Name, value: Events[Name]) => {
  for (const listener of [...listeners[name]]) tell(listener, value);
};
