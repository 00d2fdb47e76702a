import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Integration } from '../../crds/camel';

export interface CamelSmokeTestProps {
  readonly name: string;
  /** One that the operator watches. */
  readonly namespace: string;
}

/** An Integration that says something every second and talks to nobody: it runs when the operator can build. */
export class CamelSmokeTest extends Construct {
  readonly integration: ApiObject;

  constructor(scope: Construct, id: string, { name, namespace }: CamelSmokeTestProps) {
    super(scope, id);
    const steps = [{ setBody: { constant: 'Camel K works' } }, { to: 'log:smoke-test' }];
    this.integration = new Integration(this, 'Resource', {
      metadata: { name, namespace },
      spec: { flows: [{ route: { id: name, from: { uri: 'timer:tick?period=1000', steps } } }] },
    });
  }
}
