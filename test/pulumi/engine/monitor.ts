import { type handleUnaryCall, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Callback } from '@pulumi/pulumi/proto/callback_pb';
import {
  type ReadResourceRequest,
  ReadResourceResponse,
  type RegisterPackageRequest,
  RegisterPackageResponse,
  type RegisterResourceOutputsRequest,
  type RegisterResourceRequest,
  RegisterResourceResponse,
  type ResourceInvokeRequest,
  ResourceInvokeResponse,
  type SupportsFeatureRequest,
  SupportsFeatureResponse,
} from '@pulumi/pulumi/proto/resource_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { type JavaScriptValue, Struct } from 'google-protobuf/google/protobuf/struct_pb';
import { candidateOf, candidateOfRead } from './candidate';
import type { Deployment } from './deployment';
import { optionsOf } from './options';
import { transformed } from './transforms';
import type { PlainObject } from './values';

/** What a program may use: it fails with a message of the SDK when it needs more. */
const FEATURES = ['secrets', 'resourceReferences', 'outputValues', 'deletedWith', 'aliasSpecs', 'transforms'];

/** The service that a program registers its resources with. */
export function monitorService(deployment: Deployment): UntypedServiceImplementation {
  const stackTransforms: Callback[] = [];

  /** Answers with the error of what throws, and keeps its message for the test. */
  const answering =
    <Request, Response>(
      answer: (request: Request) => Response | Promise<Response>,
    ): handleUnaryCall<Request, Response> =>
    async ({ request }, callback) => {
      try {
        callback(null, await answer(request));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        deployment.refusals.push(message);
        callback({ code: status.UNKNOWN, details: message, message });
      }
    };

  // The SDK asks for features one by one where `GetDeploymentInfo` is not implemented, which is how all versions can.
  // Methods that are not here are answered with UNIMPLEMENTED.
  return {
    supportsFeature: answering((request: SupportsFeatureRequest) =>
      new SupportsFeatureResponse().setHassupport(FEATURES.includes(request.getId())),
    ),

    registerStackTransform: answering((callback: Callback) => {
      stackTransforms.push(callback);
      return new Empty();
    }),

    registerResource: answering(async (request: RegisterResourceRequest) => {
      const untransformed = { properties: request.getObject() ?? new Struct(), options: optionsOf(request) };
      const transforms = [...request.getTransformsList(), ...stackTransforms];
      const candidate = candidateOf(deployment.options, request, await transformed(request, untransformed, transforms));
      const { id, wireOutputs } = deployment.register(candidate);
      return new RegisterResourceResponse().setUrn(candidate.resource.urn).setId(id).setObject(structOf(wireOutputs));
    }),

    registerResourceOutputs: answering((request: RegisterResourceOutputsRequest) => {
      deployment.registerOutputs(request.getUrn(), request.getOutputs()?.toJavaScript() ?? {});
      return new Empty();
    }),

    readResource: answering((request: ReadResourceRequest) => {
      const candidate = candidateOfRead(deployment.options, request);
      const { wireOutputs } = deployment.read(candidate);
      return new ReadResourceResponse().setUrn(candidate.resource.urn).setProperties(structOf(wireOutputs));
    }),

    invoke: answering((request: ResourceInvokeRequest) =>
      new ResourceInvokeResponse().setReturn(
        structOf(deployment.invoke(request.getTok(), request.getArgs()?.toJavaScript() ?? {})),
      ),
    ),

    registerPackage: answering((request: RegisterPackageRequest) =>
      new RegisterPackageResponse().setRef(`${request.getName()}@${request.getVersion()}`),
    ),

    signalAndWaitForShutdown: answering(() => new Empty()),
  };
}

function structOf(object: PlainObject): Struct {
  return Struct.fromJavaScript(object as Record<string, JavaScriptValue>);
}
