import type { handleUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import {
  type GetRootResourceRequest,
  GetRootResourceResponse,
  type LogRequest,
  LogSeverity,
  RequirePulumiVersionResponse,
  type SetRootResourceRequest,
  SetRootResourceResponse,
} from '@pulumi/pulumi/proto/engine_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';

export interface LogRecord {
  readonly severity: 'info' | 'warning' | 'error';
  readonly message: string;
  /** Of the resource it is about, if it is about one. */
  readonly urn?: string;
}

const SEVERITIES = {
  [LogSeverity.INFO]: 'info',
  [LogSeverity.WARNING]: 'warning',
  [LogSeverity.ERROR]: 'error',
} as const;

/** The service that a program writes its log to. Messages for debugging are dropped: the SDK writes many. */
export function engineService(log: LogRecord[]): UntypedServiceImplementation {
  let rootResource = '';
  const answering =
    <Request, Response>(answer: (request: Request) => Response): handleUnaryCall<Request, Response> =>
    ({ request }, callback) =>
      callback(null, answer(request));

  return {
    log: answering((request: LogRequest) => {
      const severity = request.getSeverity();
      const urn = request.getUrn();
      if (severity !== LogSeverity.DEBUG) {
        log.push({ severity: SEVERITIES[severity], message: request.getMessage(), ...(urn && { urn }) });
      }
      return new Empty();
    }),
    getRootResource: answering((_: GetRootResourceRequest) => new GetRootResourceResponse().setUrn(rootResource)),
    setRootResource: answering((request: SetRootResourceRequest) => {
      rootResource = request.getUrn();
      return new SetRootResourceResponse();
    }),
    startDebugging: answering(() => new Empty()),
    requirePulumiVersion: answering(() => new RequirePulumiVersionResponse()),
  };
}
