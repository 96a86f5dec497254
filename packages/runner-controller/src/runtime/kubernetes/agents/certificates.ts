// The library finds its parts by it.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

/** A key and who it belongs to, both PEM. */
export interface Certificate { cert: string; key: string }
export interface Authority extends Certificate { /** A leaf for one identity, such as `spiffe://fapi/agent`, good for so many days from an hour ago on. */ issue(identity: string, days: number): Promise<Certificate> }

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 24 * 3_600_000;
/** Clocks of nodes differ. */
const earlierMs = 3_600_000;
const authorityDays = 3_650;

x509.cryptoProvider.set(crypto);

/** Makes an authority of its own: whoever has its key may command every agent. */
export async function createAuthority(now: Date): Promise<Authority> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: makeSerial(), name: 'CN=fapi agents', ...makeTerm(now, authorityDays), keys, signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true), await x509.SubjectKeyIdentifierExtension.create(keys.publicKey)],
  });
  return toAuthority(certificate, keys.privateKey, now, await toPem(keys.privateKey));
}

/** Takes up an authority that was made before. */
export async function loadAuthority({ cert, key }: Certificate, now: Date): Promise<Authority> {
  const bytes = x509.PemConverter.decodeFirst(key);
  return toAuthority(new x509.X509Certificate(cert), await crypto.subtle.importKey('pkcs8', bytes, algorithm, true, ['sign']), now, key);
}

function toAuthority(certificate: x509.X509Certificate, signingKey: CryptoKey, now: Date, key: string): Authority {
  return {
    cert: certificate.toString('pem'), key,
    async issue(identity, days) {
      const keys = await makeKeys();
      const leaf = await x509.X509CertificateGenerator.create({
        serialNumber: makeSerial(), subject: `CN=${identity.split('/').at(-1)}`, issuer: certificate.subject, ...makeTerm(now, days), signingKey, publicKey: keys.publicKey, signingAlgorithm: algorithm,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
          new x509.SubjectAlternativeNameExtension([{ type: 'url', value: identity }]),
          await x509.AuthorityKeyIdentifierExtension.create(certificate, false),
        ],
      });
      return { cert: leaf.toString('pem'), key: await toPem(keys.privateKey) };
    },
  };
}

/** How much of a certificate's term is left, from 1 to 0. */
export function countLeft(cert: string, now: Date): number {
  const { notBefore, notAfter } = new x509.X509Certificate(cert);
  return Math.max(0, (notAfter.getTime() - now.getTime()) / (notAfter.getTime() - notBefore.getTime()));
}

const makeKeys = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
const makeSerial = (): string => `00${Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex')}`;
const makeTerm = (now: Date, days: number) => ({ notBefore: new Date(now.getTime() - earlierMs), notAfter: new Date(now.getTime() + days * dayMs) });
const toPem = async (key: CryptoKey): Promise<string> => x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
