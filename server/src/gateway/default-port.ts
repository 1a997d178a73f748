/** Where a gateway listens, and where commands look for one. Apart, so that help needs no gateway. */
export const DEFAULT_PORT = 7321;
