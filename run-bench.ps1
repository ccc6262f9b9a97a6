#!/usr/bin/env pwsh
<#
.SYNOPSIS
Runs the benches. Without PowerShell, the same is: dotnet run -c Release --project bench/Concierge.Benchmarks -- --isa all --quick
.PARAMETER Filter
Only benches whose Class.Method matches, such as 'G711*'.
.PARAMETER Isa
Instruction sets: best, avx2, vector128, scalar (comma-separated), or all.
.PARAMETER Quick
Short runs.
.PARAMETER Rest
Anything else, such as --dry, --list, --output DIR or --report DIR, goes to the program as it is.
.NOTES
Ends with the program's exit code: 0, 1 when a bench failed or allocated beyond its budget, 2 when an argument was not understood.
#>
[CmdletBinding(PositionalBinding = $false)]
param(
    [string] $Filter,
    [string[]] $Isa,
    [switch] $Quick,
    [Parameter(ValueFromRemainingArguments = $true)] [string[]] $Rest
)

$ErrorActionPreference = 'Stop' # without dotnet there is no exit code to pass on
$arguments = @('run', '-c', 'Release', '--project', (Join-Path $PSScriptRoot 'bench/Concierge.Benchmarks'), '--')
if ($PSBoundParameters.ContainsKey('Filter')) { $arguments += '--filter', $Filter }
if ($Isa) { $arguments += '--isa', ($Isa -join ',') }
if ($Quick) { $arguments += '--quick' }
if ($Rest) { $arguments += $Rest }

# As quoted literals: a wildcard in a variable becomes the names of files that match, outside Windows.
$literals = $arguments | ForEach-Object { "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($_) + "'" }
& ([scriptblock]::Create("dotnet $literals"))
exit $LASTEXITCODE
