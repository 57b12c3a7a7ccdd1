//! net.BlockList: rules as the program gave them, and what they mean, kept ready for the check.
//!
//! An IPv4 address and its mapped IPv6 form are one to an address or subnet rule, whichever of the two it was written in.
//! A range compares both of its ends with what is checked: one that is not comparable, being of the other family and no
//! mapped form, keeps the range from matching.
use super::intervals::{Interval, Intervals};
use super::ip;
use crate::core::mutation::mutated;
use crate::sys::code::{Code, Result};
use std::collections::HashMap;
use std::ffi::CStr;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The private, loopback, link-local and unique local networks, as `BlockList.PRIVATE_RANGES` has them.
pub const PRIVATE_RANGES: [&CStr; 8] = [
    c"10.0.0.0/8",
    c"172.16.0.0/12",
    c"192.168.0.0/16",
    c"127.0.0.0/8",
    c"::1/128",
    c"169.254.0.0/16",
    c"fe80::/10",
    c"fc00::/7",
];

const MAPPED: Interval<u128> = (0xffff_0000_0000, 0xffff_ffff_ffff);

fn mapped(v4: Ipv4Addr) -> u128 {
    MAPPED.0 | u128::from(v4.to_bits())
}

/// The number of an address among all IPv6 addresses.
fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(v4) => mapped(v4),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// The IPv4 address that it is, or is the mapped form of.
fn as_v4(ip: IpAddr) -> Option<u32> {
    match ip {
        IpAddr::V4(v4) => Some(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map(Ipv4Addr::to_bits),
    }
}

fn common((a, b): Interval<u128>, (c, d): Interval<u128>) -> Option<Interval<u128>> {
    let (first, last) = (a.max(c), b.min(d));
    (first <= last).then_some((first, last))
}

/// A network and the number of its leading bits that count; the bits behind them are kept as they were given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Subnet {
    network: IpAddr,
    prefix: u8,
}

impl Subnet {
    /// Refused if the prefix has more bits than the address.
    pub fn new(network: IpAddr, prefix: i64) -> Result<Subnet> {
        let bits = if network.is_ipv4() { 32 } else { 128 };
        match u8::try_from(prefix) {
            Ok(prefix) if prefix <= bits => Ok(Subnet { network, prefix }),
            _ => Err(Code::ERR_OUT_OF_RANGE),
        }
    }

    /// What it has of all IPv6 addresses.
    fn extent(&self) -> Interval<u128> {
        let prefix = u32::from(self.prefix) + if self.network.is_ipv4() { 96 } else { 0 };
        let hosts = u128::MAX.checked_shr(prefix).unwrap_or(0);
        let address = number(self.network);
        (address & !hosts, address | hosts)
    }
}

/// From one address to another, both belonging to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    start: IpAddr,
    end: IpAddr,
}

impl Range {
    /// Refused if the start comes after the end. Ends that cannot be compared are taken, as by Node.
    pub fn new(start: IpAddr, end: IpAddr) -> Result<Range> {
        let range = Range { start, end };
        let reversed = match (start, end) {
            (IpAddr::V4(_), IpAddr::V4(_)) | (IpAddr::V6(_), IpAddr::V6(_)) => start > end,
            _ => as_v4(start).zip(as_v4(end)).is_some_and(|(start, end)| start > end),
        };
        if reversed { Err(Code::ERR_INVALID_ARG_VALUE) } else { Ok(range) }
    }

    /// For a rule that is to be removed: there is none whose start comes after its end.
    pub fn any(start: IpAddr, end: IpAddr) -> Range {
        Range { start, end }
    }
}

/// What a subnet or a range blocks: of the IPv4 addresses, and of the IPv6 addresses.
trait Meaning: PartialEq + Copy {
    fn v4(&self) -> Option<Interval<u32>>;
    fn v6(&self) -> Option<Interval<u128>>;
}

impl Meaning for Subnet {
    fn v4(&self) -> Option<Interval<u32>> {
        common(self.extent(), MAPPED).map(|(first, last)| (first as u32, last as u32))
    }

    fn v6(&self) -> Option<Interval<u128>> {
        Some(self.extent())
    }
}

impl Meaning for Range {
    fn v4(&self) -> Option<Interval<u32>> {
        as_v4(self.start).zip(as_v4(self.end)).filter(|(start, end)| start <= end)
    }

    fn v6(&self) -> Option<Interval<u128>> {
        let ends = (number(self.start), number(self.end));
        let all = if self.start.is_ipv4() || self.end.is_ipv4() { MAPPED } else { (0, u128::MAX) };
        common(ends, all)
    }
}

/// Rules of one kind, oldest first.
#[derive(Debug)]
struct Ordered<R>(Vec<R>);

impl<R: Meaning> Ordered<R> {
    /// Takes out the newest that is the same.
    fn remove(&mut self, rule: &R) -> bool {
        match self.0.iter().rposition(|kept| kept == rule) {
            Some(at) => {
                self.0.remove(at);
                true
            }
            None => false,
        }
    }

    fn add_again(&self, index: &mut Index, v4: Option<Interval<u32>>, v6: Option<Interval<u128>>) {
        for rule in &self.0 {
            if let (Some(rule), Some(gone)) = (rule.v4(), v4) {
                if rule.0 <= gone.1 && gone.0 <= rule.1 {
                    index.v4.add(rule);
                }
            }
            if let (Some(rule), Some(gone)) = (rule.v6(), v6) {
                if common(rule, gone).is_some() {
                    index.v6.add(rule);
                }
            }
        }
    }
}

/// What all subnets and ranges together block.
#[derive(Debug, Default)]
struct Index {
    v4: Intervals<u32>,
    v6: Intervals<u128>,
}

impl Index {
    fn add(&mut self, rule: &impl Meaning) {
        if let Some(interval) = rule.v4() {
            self.v4.add(interval);
        }
        if let Some(interval) = rule.v6() {
            self.v6.add(interval);
        }
    }
}

#[derive(Debug)]
struct Listed {
    /// As it was written last: the IPv4 form, or the mapped one.
    shown: IpAddr,
    /// Its place in the order of the rules: that of its first addition.
    place: u64,
}

#[derive(Debug)]
struct Rules {
    addresses: HashMap<u128, Listed>,
    next_place: u64,
    subnets: Ordered<Subnet>,
    ranges: Ordered<Range>,
    index: Index,
}

impl Rules {
    fn blocks(&self, ip: IpAddr) -> bool {
        if !self.addresses.is_empty() && self.addresses.contains_key(&number(ip)) {
            return true;
        }
        match ip {
            IpAddr::V4(v4) => self.index.v4.contains(v4.to_bits()),
            IpAddr::V6(v6) => self.index.v6.contains(v6.to_bits()),
        }
    }

    /// A rule is gone: what was united with it is taken apart, and the others of that are united anew.
    fn forget(&mut self, gone: &impl Meaning) {
        let v4 = gone.v4().and_then(|interval| self.index.v4.take_overlapping(interval));
        let v6 = gone.v6().and_then(|interval| self.index.v6.take_overlapping(interval));
        self.subnets.add_again(&mut self.index, v4, v6);
        self.ranges.add_again(&mut self.index, v4, v6);
    }
}

fn family(ip: IpAddr) -> &'static str {
    if ip.is_ipv4() { "IPv4" } else { "IPv6" }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subnet: {} {}/{}", family(self.network), ip::plain_text(self.network), self.prefix)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, end) = (ip::plain_text(self.start), ip::plain_text(self.end));
        write!(f, "Range: {} {start}-{end}", family(self.start))
    }
}

/// Rules that any thread may add, remove and check.
#[derive(Debug)]
pub struct BlockList(RwLock<Rules>);

impl Default for BlockList {
    fn default() -> Self {
        BlockList(RwLock::new(Rules {
            addresses: HashMap::new(),
            next_place: 0,
            subnets: Ordered(Vec::new()),
            ranges: Ordered(Vec::new()),
            index: Index::default(),
        }))
    }
}

/// As Node's, but that removing tells whether there was such a rule.
#[allow(missing_docs)]
impl BlockList {
    fn rules(&self) -> Result<RwLockReadGuard<'_, Rules>> {
        self.0.read().map_err(|_| Code::EPANIC)
    }

    fn rules_mut(&self) -> Result<RwLockWriteGuard<'_, Rules>> {
        self.0.write().map_err(|_| Code::EPANIC)
    }

    pub fn add_address(&self, ip: IpAddr) -> Result {
        let rules = &mut *self.rules_mut()?;
        let place = rules.next_place;
        rules.addresses.entry(number(ip)).or_insert(Listed { shown: ip, place }).shown = ip;
        rules.next_place += 1;
        Ok(())
    }

    pub fn add_subnet(&self, subnet: Subnet) -> Result {
        let rules = &mut *self.rules_mut()?;
        rules.index.add(&subnet);
        rules.subnets.0.push(subnet);
        Ok(())
    }

    pub fn add_range(&self, range: Range) -> Result {
        let rules = &mut *self.rules_mut()?;
        rules.index.add(&range);
        rules.ranges.0.push(range);
        Ok(())
    }

    pub fn remove_address(&self, ip: IpAddr) -> Result<bool> {
        Ok(self.rules_mut()?.addresses.remove(&number(ip)).is_some())
    }

    pub fn remove_subnet(&self, subnet: Subnet) -> Result<bool> {
        let rules = &mut *self.rules_mut()?;
        let found = rules.subnets.remove(&subnet);
        if found && !mutated!(RemovedCounts) {
            rules.forget(&subnet);
        }
        Ok(found)
    }

    pub fn remove_range(&self, range: Range) -> Result<bool> {
        let rules = &mut *self.rules_mut()?;
        let found = rules.ranges.remove(&range);
        if found {
            rules.forget(&range);
        }
        Ok(found)
    }

    pub fn clear(&self) -> Result {
        let rules = &mut *self.rules_mut()?;
        rules.addresses.clear();
        rules.subnets.0.clear();
        rules.ranges.0.clear();
        rules.index.v4.clear();
        rules.index.v6.clear();
        Ok(())
    }

    pub fn check(&self, ip: IpAddr) -> Result<bool> {
        Ok(self.rules()?.blocks(ip))
    }

    /// For the loop, where nobody can be told of a list that a panic left behind: it blocks everything.
    pub fn blocks(&self, ip: IpAddr) -> bool {
        self.check(ip).unwrap_or(true)
    }

    pub fn size(&self) -> Result<usize> {
        let rules = self.rules()?;
        Ok(rules.addresses.len() + rules.subnets.0.len() + rules.ranges.0.len())
    }

    /// The texts of all rules: addresses, subnets, ranges, of each kind the newest first.
    pub fn texts(&self) -> Result<Vec<String>> {
        let rules = self.rules()?;
        let mut addresses: Vec<&Listed> = rules.addresses.values().collect();
        addresses.sort_unstable_by_key(|listed| std::cmp::Reverse(listed.place));
        let addresses = addresses
            .into_iter()
            .map(|listed| format!("Address: {} {}", family(listed.shown), ip::plain_text(listed.shown)));
        let subnets = rules.subnets.0.iter().rev().map(Subnet::to_string);
        let ranges = rules.ranges.0.iter().rev().map(Range::to_string);
        Ok(addresses.chain(subnets).chain(ranges).collect())
    }
}

/// The address of a text, which must be of this family (0: whichever it is). A zone says nothing to a block list.
pub fn address(text: &str, family: u8) -> Result<IpAddr> {
    let found = match text.parse::<Ipv4Addr>() {
        Ok(v4) => IpAddr::V4(v4),
        Err(_) => {
            let (address, _) = text.split_once('%').unwrap_or((text, ""));
            IpAddr::V6(address.parse::<Ipv6Addr>().map_err(|_| Code::ERR_INVALID_ADDRESS)?)
        }
    };
    match family {
        4 if !found.is_ipv4() => Err(Code::ERR_INVALID_ADDRESS),
        6 if found.is_ipv4() => Err(Code::ERR_INVALID_ADDRESS),
        _ => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        address(text, 0).unwrap()
    }

    fn subnet(text: &str, prefix: i64) -> Subnet {
        Subnet::new(ip(text), prefix).unwrap()
    }

    fn range(start: &str, end: &str) -> Range {
        Range::new(ip(start), ip(end)).unwrap()
    }

    #[test]
    fn an_address_is_its_mapped_form() {
        let list = BlockList::default();
        list.add_address(ip("1.1.1.1")).unwrap();
        list.add_address(ip("::ffff:2.2.2.2")).unwrap();
        for text in ["1.1.1.1", "::ffff:1.1.1.1", "2.2.2.2", "::ffff:202:202"] {
            assert!(list.blocks(ip(text)), "{text}");
        }
        for text in ["1.1.1.2", "::1.1.1.1", "::"] {
            assert!(!list.blocks(ip(text)), "{text}");
        }
    }

    #[test]
    fn a_wide_subnet_holds_the_mapped_addresses_and_a_wide_range_does_not() {
        let list = BlockList::default();
        list.add_range(range("::", "ffff::")).unwrap();
        assert!(list.blocks(ip("::ffff:1.1.1.1")) && !list.blocks(ip("1.1.1.1")));
        list.add_subnet(subnet("::", 0)).unwrap();
        assert!(list.blocks(ip("1.1.1.1")));
    }

    #[test]
    fn what_is_left_still_blocks_when_a_rule_goes() {
        let list = BlockList::default();
        list.add_subnet(subnet("10.0.0.0", 8)).unwrap();
        list.add_range(range("10.1.0.0", "11.0.0.5")).unwrap();
        list.add_subnet(subnet("10.1.0.0", 16)).unwrap();
        assert_eq!(list.remove_subnet(subnet("10.1.0.1", 16)), Ok(false));
        assert_eq!(list.remove_subnet(subnet("10.0.0.0", 8)), Ok(true));
        assert!(!list.blocks(ip("10.0.0.1")) && list.blocks(ip("10.1.0.1")) && list.blocks(ip("11.0.0.5")));
        assert_eq!(list.remove_range(range("10.1.0.0", "11.0.0.5")), Ok(true));
        assert!(list.blocks(ip("10.1.0.1")) && !list.blocks(ip("11.0.0.5")));
    }

    #[test]
    fn rules_are_told_by_kind_and_the_newest_first() {
        let list = BlockList::default();
        list.add_range(range("1.1.1.1", "::1")).unwrap();
        list.add_subnet(subnet("1.2.3.4", 16)).unwrap();
        list.add_subnet(subnet("1::1", 64)).unwrap();
        for text in ["1.0.0.1", "1.0.0.2", "1.0.0.1", "::ffff:1.0.0.1"] {
            list.add_address(ip(text)).unwrap();
        }
        let expected = [
            "Address: IPv4 1.0.0.2",
            "Address: IPv6 ::ffff:1.0.0.1",
            "Subnet: IPv6 1::1/64",
            "Subnet: IPv4 1.2.3.4/16",
            "Range: IPv4 1.1.1.1-::1",
        ];
        assert_eq!(list.texts().unwrap(), expected);
        assert_eq!(list.size(), Ok(5));
    }

    #[test]
    fn ends_and_prefixes_are_checked() {
        assert_eq!(Range::new(ip("1.1.1.2"), ip("1.1.1.1")), Err(Code::ERR_INVALID_ARG_VALUE));
        assert_eq!(Range::new(ip("1.1.1.2"), ip("::ffff:1.1.1.1")), Err(Code::ERR_INVALID_ARG_VALUE));
        assert!(Range::new(ip("1.1.1.2"), ip("::1")).is_ok());
        for (text, prefix) in [("1.1.1.1", 33), ("1.1.1.1", -1), ("::", 129), ("::", 256)] {
            assert_eq!(Subnet::new(ip(text), prefix), Err(Code::ERR_OUT_OF_RANGE));
        }
        assert_eq!(subnet("1.2.3.4", 32).v4(), Some((0x0102_0304, 0x0102_0304)));
        assert_eq!(subnet("::", 0).v6(), Some((0, u128::MAX)));
    }

    #[test]
    fn families_are_held_to() {
        assert_eq!(address("::1", 4), Err(Code::ERR_INVALID_ADDRESS));
        assert_eq!(address("1.1.1.1", 6), Err(Code::ERR_INVALID_ADDRESS));
        assert_eq!(address("1.1.1", 0), Err(Code::ERR_INVALID_ADDRESS));
        assert_eq!(address("1.1.1.1%lo", 0), Err(Code::ERR_INVALID_ADDRESS));
        assert_eq!(address("fe80::1%lo", 6), Ok(ip("fe80::1")));
    }
}
