/**
 * `node --import` this in place of `--conditions=source`: it holds for Spantail's own packages only.
 * Some packages of the frameworks have a condition of that name, too, for sources that Node cannot
 * run from `node_modules`.
 */
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier.startsWith('@spantail/')
      ? next(specifier, { ...context, conditions: [...context.conditions, 'source'] })
      : next(specifier, context),
});
