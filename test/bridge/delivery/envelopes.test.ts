import { describe, expect, it } from 'vitest';
import { deadLetter, errorReply } from '../../../bridge/delivery/envelopes';
import { failure } from '../../../bridge/errors';

const late = failure('BRIDGE_ERR_MODEL_TIMEOUT', 'the model did not answer within 60 s');

describe('errorReply', () => {
  it('tells the requester the code, the status, the reason, whether to try again, and how often it was tried', () => {
    expect(JSON.parse(errorReply(late, 3).toString())).toStrictEqual({
      error: {
        code: 'BRIDGE_ERR_MODEL_TIMEOUT',
        status: 504,
        message: 'the model did not answer within 60 s',
        retryable: true,
        attempts: 3,
      },
    });
  });
});

describe('deadLetter', () => {
  it('holds all that is needed to send the request again, under the names AWS IoT gives it', () => {
    const payload = Buffer.from([0x00, 0xff, 0x7b]);

    const letter = deadLetter(
      {
        route: 'iris',
        topic: 'iris/input',
        payload,
        requestId: 'r-1',
        attempts: 3,
        firstSeen: new Date(0),
        modelUrl: 'http://iris.example/v1',
        responseTopic: 'iris/output/cam',
        correlationData: Buffer.from([0xff]),
        userProperties: { traceparent: '00-ab-cd-01' },
      },
      late,
    );

    expect(JSON.parse(letter.toString())).toStrictEqual({
      ruleName: 'iris',
      topic: 'iris/input',
      requestId: 'r-1',
      base64OriginalPayload: 'AP97',
      responseTopic: 'iris/output/cam',
      base64CorrelationData: '/w==',
      userProperties: { traceparent: '00-ab-cd-01' },
      failures: [
        {
          failedAction: 'predict',
          failedResource: 'http://iris.example/v1',
          errorCode: 'BRIDGE_ERR_MODEL_TIMEOUT',
          errorMessage: 'the model did not answer within 60 s',
        },
      ],
      attempts: 3,
      firstSeen: '1970-01-01T00:00:00.000Z',
    });
  });
});
