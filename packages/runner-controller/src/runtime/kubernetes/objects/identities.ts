/** Who is who among those that show certificates of a namespace's authority. */
export const identities = { controller: 'spiffe://fapi/controller', agent: 'spiffe://fapi/agent', egress: 'spiffe://fapi/egress' } as const;
