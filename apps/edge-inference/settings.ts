import { AlbAuth, AlbClaimFormat } from '../../lib';
import type { EdgeInferenceSettings } from './topology';

/** An account that does not exist: change all of it for a cluster of your own. */
export const EXAMPLE_SETTINGS: EdgeInferenceSettings = {
  domain: 'platform.example.com',
  namespaces: ['staging', 'prod'],
  exposure: {
    certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/0c1d2e3f-0000-1111-2222-333344445555',
    auth: AlbAuth.jwt({
      issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E',
      claims: [{ name: 'scope', format: AlbClaimFormat.SPACE_SEPARATED, values: ['models/predict'] }],
    }),
  },
};
