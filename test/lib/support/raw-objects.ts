import { ApiObject, Chart } from 'cdk8s';
import { EdgeApp } from '../../../lib';

/** An object that a user brings along, without any construct of the library. */
export interface RawObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly [field: string]: unknown;
}

/** An app with these objects in a chart named `raw`, each under its kind. */
export function appOf(...objects: RawObject[]): EdgeApp {
  const app = new EdgeApp();
  const chart = new Chart(app, 'raw');
  for (const object of objects) new ApiObject(chart, object.kind, object);
  return app;
}

export const NAMESPACE: RawObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ml' } };

/** A Service `serve` of port 80 (`http`), whose pods are labelled `app: serve`. */
export function service(targetPort: string | number = 'http', metadata: object = {}): RawObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'serve', namespace: 'ml', ...metadata },
    spec: { selector: { app: 'serve' }, ports: [{ name: 'http', port: 80, targetPort }] },
  };
}

/** A Deployment whose container has the port 8001 (`http`), and what else is given for it. */
export function deployment(container: object = {}): RawObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'serve', namespace: 'ml' },
    spec: {
      selector: { matchLabels: { app: 'serve' } },
      template: {
        metadata: { labels: { app: 'serve' } },
        spec: {
          containers: [
            { name: 'serve', image: 'serve:1', ports: [{ name: 'http', containerPort: 8001 }], ...container },
          ],
        },
      },
    },
  };
}
