import * as pulumi from '@pulumi/pulumi';
import type { IResolver, ResolutionContext } from 'cdk8s';
import { placeholderOf } from './token';

/**
 * Takes Outputs wherever cdk8s takes any value, without `token(..)` around them: in specs of objects of one's own, in
 * labels and annotations. To be given to the app: `new EdgeApp({ resolvers: [new OutputResolver()] })`.
 */
export class OutputResolver implements IResolver {
  resolve(context: ResolutionContext): void {
    if (pulumi.Output.isInstance(context.value)) context.replaceValue(placeholderOf(context.value));
  }
}
