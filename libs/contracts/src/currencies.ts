/**
 * How many decimals the minor unit of each currency has: ISO 4217, table A.1, as published on 2026-01-01. Metals and other codes
 * that have no minor unit are not in it. `Intl` is no source of it: CLDR has as many as prices in shops have, for some fewer.
 */
const published: readonly (readonly [decimals: number, codes: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU
     CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
     KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR
     NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
     TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

const decimals = new Map(
  published.flatMap(([count, codes]) => codes.split(/\s+/).map((code) => [code, count] as const)),
);

/** Every currency that the platform takes, by its ISO 4217 code. */
export const CURRENCIES: readonly string[] = [...decimals.keys()].toSorted();

/** The decimals of the currency's minor unit: 2 for EUR, 0 for JPY. Undefined for what is not a code of `CURRENCIES`. */
export const decimalsOf = (currency: string): number | undefined => decimals.get(currency);
