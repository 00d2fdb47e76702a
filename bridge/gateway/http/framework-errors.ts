import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { errorReply } from '../../delivery/envelopes';
import { type Refusal, refusal } from '../answer';

interface CodedError extends Error {
  readonly code?: string;
  readonly statusCode?: number;
}

/** What the framework, or Node, found wrong with a request, in the gateway's words. */
export function refusalOf({ code, statusCode = 500 }: CodedError): Refusal {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return refusal('BRIDGE_ERR_REQUEST_TOO_LARGE', 'the body is larger than the gateway takes');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return refusal('BRIDGE_ERR_CONTENT_TYPE', 'the Content-Type cannot be read');
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return refusal('BRIDGE_ERR_NO_ROUTE', 'a part of the path is too long');
    case 'HPE_HEADER_OVERFLOW':
      return refusal('BRIDGE_ERR_TOO_MANY_HEADERS', 'the headers are longer than the gateway takes');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refusal('BRIDGE_ERR_HTTP', 'the request took too long to come', 408);
    default:
      break;
  }
  if (statusCode >= 400 && statusCode < 500) {
    return refusal('BRIDGE_ERR_HTTP', 'the request cannot be read', statusCode);
  }
  return refusal('BRIDGE_ERR_INTERNAL', 'the gateway made a mistake, and its log has more');
}

/** Answers, as far as anybody can, what is no HTTP request, and ends the connection. */
export function refuseConnection(error: CodedError, socket: Socket): void {
  // Before there is a common key, nothing that is written would ever be sent.
  const agreed = !(socket instanceof TLSSocket) || socket.getFinished() !== undefined;
  if (error.code === 'ECONNRESET' || !socket.writable || !agreed) {
    socket.destroy();
    return;
  }
  const { failure } = refusalOf({ ...error, code: error.code, statusCode: 400 } as CodedError);
  const body = errorReply(failure, 0).toString();
  const head = [
    `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
